"""What changed between two versions of a policy, in the policy's own words. 版本对比

A threshold that moved is told as 规划建设面积：300亩 → 200亩, with its clause; a rule whose expression became another
one is shown with both. Order and layout of the files do not matter; ids and keys say what belongs together.
"""

from programmes.comparison.changes import Area, Change, Kind
from programmes.comparison.differences import compare

__all__ = ["Area", "Change", "Kind", "compare"]
