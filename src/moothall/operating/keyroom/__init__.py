"""The key room: pages in which holders make, check and use their shares, served by a process of their own.

The web application never gets a share, so a web process that was taken over cannot take one (decision 17).
"""
