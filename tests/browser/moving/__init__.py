"""A served product whose clock the test moves: for stories that last a year. 移动时钟"""
