"""What may be delivered, in which form, and is it in order?"""

from ecosphere.ui.exports import show

show()
