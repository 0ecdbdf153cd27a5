"""People, what a company knows of them, and their ways in."""

from accounts.models.membership import Membership
from accounts.models.session import Session
from accounts.models.tokens import PasswordReset, Registration, SocketTicket
from accounts.models.user import User

__all__ = ["Membership", "PasswordReset", "Registration", "Session", "SocketTicket", "User"]
