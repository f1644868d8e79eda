"""The media library: pictures, GIFs and videos, what they show in words, and who has agreed to be seen in them."""
