"""Does a loss of your own keep the rules that training relies on? `check_loss` tries them out."""

from lossutils.checking.call import check_loss

__all__ = ["check_loss"]
