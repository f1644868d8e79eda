"""A real mail store: Dovecot with one mailbox, over IMAP and LMTP, from Debian's packages.

It runs from a folder of its own and ends with the test. As root it keeps its mail as `nobody`, since Dovecot refuses to
keep any as root; otherwise as whoever runs the tests.
"""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.peers.processes import free_port, stop, wait_until_ready

USER, PASSWORD = "desk@exampleshire.example", "p/a s+s@word"

_CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def installed() -> bool:
    """Whether Dovecot can be started as it is."""
    return _dovecot() is not None


def _dovecot() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Dovecot:
    """The server, from `start()` (or entering the context) to `stop()`. `url` is the mailbox's address for Moothall."""

    port: int

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it. Raises `PeerError` if it does not get ready."""
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="dovecot-")))
        self._folder.chmod(0o755)
        self.port = free_port()
        owner = "nobody" if os.geteuid() == 0 else getpass.getuser()
        person = pwd.getpwnam(owner)
        group = grp.getgrgid(person.pw_gid).gr_name
        (self._folder / "mail").mkdir(mode=0o700)
        os.chown(self._folder / "mail", person.pw_uid, person.pw_gid)
        users = self._folder / "users"
        users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        internal, login = ("dovecot", "dovenull") if os.geteuid() == 0 else (owner, owner)
        values = {"folder": self._folder, "owner": owner, "group": group, "port": self.port}
        configuration = self._folder / "dovecot.conf"
        configuration.write_text(_CONFIGURATION.format(internal=internal, login=login, **values))
        log = self._folder / "dovecot.log"
        log.touch()
        command = [_dovecot() or "dovecot", "-F", "-c", str(configuration)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log.open("ab"))
        self._stack.callback(stop, process)
        wait_until_ready("Dovecot", self._answers, process, log)

    def stop(self) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        return f"imap://desk%40exampleshire.example:p%2Fa%20s%2Bs%40word@127.0.0.1:{self.port}/INBOX"

    def put(self, raw: bytes) -> None:
        """A mail arrives."""
        with self._signed_in() as box:
            box.append("INBOX", "", "", raw)

    def count(self, folder: str = "INBOX") -> int:
        """How many mails lie in a folder; 0 if there is no such folder."""
        with self._signed_in() as box:
            status, found = box.select(f'"{folder}"', readonly=True)
            return int(found[0] or 0) if status == "OK" else 0

    def empty(self) -> None:
        """Delete every mail."""
        with self._signed_in() as box:
            for folder in ("INBOX", '"Taken"', '"Too large"'):
                status, found = box.select(folder)
                if status == "OK" and int(found[0] or 0):  # of none, "1:*" is an error
                    box.store("1:*", "+FLAGS", "\\Deleted")
                    box.expunge()

    def _signed_in(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        box.login(USER, PASSWORD)
        return box

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                return probe.recv(4) == b"* OK"
        except OSError:
            return False
