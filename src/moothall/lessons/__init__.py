"""What the organisation learned: nobody is named, and it is published to staff after review."""
