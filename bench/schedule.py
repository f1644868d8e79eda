"""What is due when. Shared by the measuring process and the one that fills the database."""

DELIVERIES = 500
CHANNELS = 20
MINUTE = 60.0


def schedule(spread: float) -> list[tuple[str, float]]:
    """The words of each delivery, and how many seconds after the first it falls due; channels take turns."""
    numbers = range(DELIVERIES)
    return [(f"Delivery {number} of channel {number % CHANNELS}", spread * number / DELIVERIES) for number in numbers]
