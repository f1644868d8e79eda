"""The words of Moothall's model policy that stand beside the figures of social media."""

REASONABLE_USE = (
    "You may use social media at work, for your work and within reason for yourself.",
    "Reasonable means: it does not keep you from your work, it breaks no other rule of the council, and it does not "
    "slow the network down for others.",
    "Nobody is judged by minutes. If your work suffers, your manager talks with you about your work.",
)
"""In paragraphs."""
