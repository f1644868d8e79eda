"""A post, its frozen revisions, and the deliveries made of an approved one."""

from moothall.publishing.models.approval import Absence, ApprovalRule, Comment, Decision, Revision, Verdict
from moothall.publishing.models.deliveries import Attempt, Delivery, DeliveryState, Pause, QueueSlot
from moothall.publishing.models.posts import POST_LENGTH, Attachment, Post, ReadyMade, Timing, Variant

__all__ = [
    "POST_LENGTH",
    "Absence",
    "ApprovalRule",
    "Attachment",
    "Attempt",
    "Comment",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Pause",
    "Post",
    "QueueSlot",
    "ReadyMade",
    "Revision",
    "Timing",
    "Variant",
    "Verdict",
]
