"""Tables and printed grids of a declaration as .xlsx: templates, exports, imports. 电子表格

``layout`` says which columns a sheet has, ``writing`` makes files, ``guards`` decides whether a file may be opened at all,
``reading`` and ``text_files`` turn it into cells, ``matching`` and ``importing`` into rows with what is wrong beside each;
``grids``, ``grid_rows``, ``grid_importing`` and ``grid_changes`` do the same for grids, cell by cell.
"""
