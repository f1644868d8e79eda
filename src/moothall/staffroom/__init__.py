"""The internal front page: what needs me now?"""
