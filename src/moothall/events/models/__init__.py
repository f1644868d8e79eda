"""The tables of the events room, one file a subject."""

from moothall.events.models.budget import ChannelPlan
from moothall.events.models.events import Event, EventTag, WallDesign
from moothall.events.models.feeds import EventFeed
from moothall.events.models.handles import LinkedHandle
from moothall.events.models.items import Alias, Door, Item, ItemState, Judgement
from moothall.events.models.listening import Place
from moothall.events.models.moderation import Blocked, Effect, ItemRule, RuleKind
from moothall.events.models.pictures import ItemPicture
from moothall.events.models.running import Sensitivity, Shift, Slot
from moothall.events.models.wall import Change, ChangeKind

__all__ = [
    "Alias",
    "Blocked",
    "Change",
    "ChangeKind",
    "ChannelPlan",
    "Door",
    "Effect",
    "Event",
    "EventFeed",
    "EventTag",
    "Item",
    "ItemPicture",
    "ItemRule",
    "ItemState",
    "Judgement",
    "LinkedHandle",
    "Place",
    "RuleKind",
    "Sensitivity",
    "Shift",
    "Slot",
    "WallDesign",
]
