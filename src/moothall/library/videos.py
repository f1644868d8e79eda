"""Videos: re-encoded as H.264 and AAC in an MP4, with nothing of the original but its pictures and its sound.

Runs in the re-encoding process, without Django. Only the container that the file's beginning names is ever read, and
nothing that it points to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.container.input import InputContainer
from av.filter import Graph
from PIL import Image

from moothall.library.outcome import DAMAGED, Made, Refused

LONGEST_SIDE = 1920
MOST_PIXELS = 4096 * 2304
"""Of one frame: more than the 4K of telephones."""
MOST_RATE = 60
USUAL_RATE = Fraction(25)
SOUND_RATE = 48_000
SOUND_FRAME = 1_024
"""How many samples an AAC frame holds."""
STILL_AT = 1.0
"""Seconds: films often begin with a black frame."""
DECODER_THREADS = 2
BROKEN_PACKETS = 20
"""How many may be unreadable; players skip them too."""
PICTURE = {
    "preset": "veryfast",
    "crf": "23",
    "maxrate": "5M",
    "bufsize": "10M",
    "threads": "4",
    "profile": "high",
}
SOUND_BITS = 128_000

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Look:
    """What the first frame tells. Width and height are those that are written: upright, even, not too large."""

    width: int
    height: int
    filters: tuple[tuple[str, str], ...]
    """What turns a frame upright and gives it its size, as FFmpeg's filters and their arguments."""
    rate: Fraction
    start: float
    """Seconds; some films do not begin at zero."""
    declared: float | None
    """How long the file says that it is, in seconds."""


def reencode(source: Path, target: Path, still: Path, demuxer: str, longest: float, tell: Tell) -> Made:
    """Write the video at ``source`` anew to ``target``, and one of its frames as a JPEG to ``still``.

    ``longest`` in seconds; ``tell`` gets per cents. Raises ``Refused``.
    """
    try:
        with _opened(source, demuxer) as film:
            look = _look(film, longest)
        with _opened(source, demuxer) as film, av.open(str(target), "w", "mp4", options=_BARE) as out:
            seconds = _Copy(film, out, look, still, longest).run(source.stat().st_size, tell)
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise Refused(DAMAGED) from error
    return Made(look.width, look.height, seconds)


_BARE = {"movflags": "+faststart", "fflags": "+bitexact"}
"""The index stands in front, so that players start at once; no word of who wrote it or when."""


def _opened(source: Path, demuxer: str) -> InputContainer:
    return av.open(str(source), "r", demuxer, options={"protocol_whitelist": "file"}, metadata_errors="ignore")


def _look(film: InputContainer, longest: float) -> Look:
    if not film.streams.video:
        raise Refused("There is no picture in it, only sound. Add a video.")
    stream = film.streams.video[0]
    if stream.width * stream.height > MOST_PIXELS:
        raise Refused("Its picture is larger than 4K. Save a smaller copy and add that.")
    declared = film.duration / av.time_base if film.duration else None
    if declared and declared > longest:
        raise _too_long(longest)
    first = next(_pictures(film, stream), None)
    if first is None:
        raise Refused(DAMAGED)
    rate = Fraction(stream.average_rate or stream.guessed_rate or USUAL_RATE).limit_denominator(1_001)
    start = (film.start_time or 0) / av.time_base
    width, height, filters = _upright(first, stream.sample_aspect_ratio)
    return Look(width, height, filters, min(max(rate, Fraction(1)), Fraction(MOST_RATE)), start, declared)


def _pictures(film: InputContainer, stream: Any) -> Iterator[Any]:
    stream.codec_context.thread_count = DECODER_THREADS
    for packet in film.demux(stream):
        yield from packet.decode()


def _upright(frame: Any, aspect: Fraction | None) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """The size to write, and the filters that lead to it. Telephones film sideways and say how they were held."""
    width = frame.width * float(aspect) if aspect and Fraction(1, 4) <= aspect <= 4 else float(frame.width)
    height = float(frame.height)
    turns: dict[int, tuple[tuple[str, str], ...]] = {
        90: (("transpose", "cclock"),),
        270: (("transpose", "clock"),),
        180: (("hflip", ""), ("vflip", "")),
    }
    quarter = round(frame.rotation / 90) * 90 % 360
    if quarter in (90, 270):
        width, height = height, width
    shrunk = min(1.0, LONGEST_SIDE / max(width, height))
    even = [max(2, round(side * shrunk / 2) * 2) for side in (width, height)]
    return even[0], even[1], (*turns.get(quarter, ()), ("scale", f"{even[0]}:{even[1]}"), ("setsar", "1"))


def _too_long(longest: float) -> Refused:
    minutes = f"{longest / 60:.0f} minutes" if longest > 60 else f"{longest:.0f} seconds"
    return Refused(f"It is longer than {minutes}. Cut it, and add the parts.")


class _Copy:
    """One film on its way from ``film`` to ``out``."""

    def __init__(self, film: InputContainer, out: Any, look: Look, still: Path, longest: float) -> None:
        self._film, self._out, self._look, self._still, self._longest = film, out, look, still, longest
        self._video = film.streams.video[0]
        self._video.codec_context.thread_count = DECODER_THREADS
        self._audio = film.streams.audio[0] if film.streams.audio else None
        self._picture = out.add_stream("libx264", rate=look.rate, options=PICTURE)
        self._picture.width, self._picture.height, self._picture.pix_fmt = look.width, look.height, "yuv420p"
        self._graph: Graph | None = None
        self._sound = None
        if self._audio:
            self._sound = out.add_stream("aac", rate=SOUND_RATE, layout="stereo")
            self._sound.codec_context.bit_rate = SOUND_BITS
            self._resampler = AudioResampler("fltp", "stereo", SOUND_RATE, SOUND_FRAME)
        self._seconds = self._heard = 0.0
        self._stills = 0
        self._broken = 0

    def run(self, size: int, tell: Tell) -> float:
        """Copy everything; returns how many seconds of pictures there are. ``size`` of the source in bytes."""
        streams = [self._video, *([self._audio] if self._audio else [])]
        for packet in self._film.demux(*streams):
            if packet.pos:
                tell(min(99, packet.pos * 100 // size))
            for frame in self._decoded(packet):
                if packet.stream is self._video:
                    self._see(frame)
                else:
                    self._hear(frame)
        self._finish()
        declared = self._look.declared
        if not self._stills or (declared and max(self._seconds, self._heard) < 0.9 * declared - 0.5):
            raise Refused(DAMAGED)
        return self._seconds

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except av.error.InvalidDataError:
            self._broken += 1
            if self._broken > BROKEN_PACKETS:
                raise
            return []

    def _moment(self, frame: Any, fallback: float) -> float:
        """When it is seen or heard, in seconds from the film's beginning."""
        moment = fallback if frame.time is None else float(frame.time) - self._look.start
        if moment > self._longest + 1:
            raise _too_long(self._longest)
        return moment

    def _see(self, frame: Any) -> None:
        if frame.width * frame.height > MOST_PIXELS:
            raise Refused(DAMAGED)
        moment = self._moment(frame, self._seconds)
        if moment < 0:
            return
        if self._graph is None:
            self._graph = self._laid(frame)
        frame.pts = round(moment / frame.time_base)
        self._graph.vpush(frame)
        self._pull(self._graph)

    def _laid(self, frame: Any) -> Graph:
        """The filters, from the decoder's frame to the encoder's."""
        graph = Graph()
        chain = [
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
        ]
        rate = self._look.rate
        after = (*self._look.filters, ("fps", f"{rate.numerator}/{rate.denominator}"), ("format", "yuv420p"))
        chain += [graph.add(name, arguments or None) for name, arguments in after]
        chain.append(graph.add("buffersink"))
        graph.link_nodes(*chain).configure()
        return graph

    def _pull(self, graph: Graph) -> None:
        while True:
            try:
                frame = graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self._seconds = float(frame.time or 0) + float(1 / self._look.rate)
            if self._stills == 0 or (self._stills == 1 and self._seconds > STILL_AT):
                image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                image.save(self._still, "JPEG", quality=90)
                self._stills += 1
            frame.pict_type = av.video.frame.PictureType.NONE  # the source's key frames are not ours
            self._out.mux(self._picture.encode(frame))

    def _hear(self, frame: Any) -> None:
        moment = self._moment(frame, self._heard)
        if moment < 0 or self._sound is None:
            return
        frame.pts = round(moment * frame.sample_rate)
        frame.time_base = Fraction(1, frame.sample_rate)
        self._heard = moment + frame.samples / frame.sample_rate
        for part in self._resampler.resample(frame):
            self._out.mux(self._sound.encode(part))

    def _finish(self) -> None:
        """What the filters and the encoders still hold."""
        if self._graph:
            self._graph.vpush(None)
            self._pull(self._graph)
        self._out.mux(self._picture.encode(None))
        if self._sound is not None:
            if self._heard:
                for part in self._resampler.resample(None):
                    self._out.mux(self._sound.encode(part))
            self._out.mux(self._sound.encode(None))
