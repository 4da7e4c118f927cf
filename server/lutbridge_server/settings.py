"""Every limit of the helper, with its unit, default and reason."""

from dataclasses import dataclass, fields

MB = 2**20
HOST = "127.0.0.1"  # and never another: the helper has no TLS and one user


@dataclass(frozen=True)
class Settings:
    """The helper's limits. None of them lets other machines in: it always listens on loopback only."""

    port: int = 0  # 0: any free one; a fixed port can be taken by another user first
    former_port: int = 0  # of an earlier run, which has been taken meanwhile; a page from there may go on here

    # What one request may hold
    header_bytes: int = MB  # ours need 1 kB; a browser keeps up to 180 cookies of 4 kB for all servers on this address
    body_bytes: int = 1024 * MB  # a 16-bit TIFF of 100 MP has 605 MB
    pixels: int = 200_000_000  # 16-bit RGB in and out are 2.4 GB; the largest cameras have 150 MP
    grid_size: int = 65  # the most that any host loads well; 65³ are 8 MB of .cube

    # How many at once
    connections: int = 100  # open sockets, select's and a default ulimit's room kept
    waiting: int = 8  # photos queued behind the current one; more would only wait longer
    jobs: int = 64  # jobs known at a time, including finished ones that were not fetched
    job_bytes: int = 8192 * MB  # results of jobs on the disk; 13 16-bit TIFFs of 100 MP, and what the queue adds
    groups: int = 6  # open at once; hosts and the page have one each
    takes: int = 500  # of one group; a summary has 300 kB at most, so a full group 150 MB
    all_takes: int = 1500  # of all groups together: 450 MB of memory
    models: int = 2  # loaded at once

    # How long, in seconds
    header_seconds: int = 10  # from a request's first byte to the end of its headers, which loopback needs no time for
    body_seconds: int = 120  # from a request's first byte to its last; 1 GB takes 2
    linger_seconds: int = 5  # that a refused client may go on sending; 1 GB takes 2
    idle_seconds: int = 60  # a kept-alive connection without a request
    seconds: int = 600  # until a request that waits for its photo is answered; 100 MP without AVX take 60
    keep_seconds: int = 3600  # a finished job's result, a group since its last use
    ticket_seconds: int = 60  # from `serve --open` to the browser
    retry_seconds: int = 2  # wait for a refused client: about one photo
    stop_seconds: int = 60  # at SIGTERM, for the current photo, its answer, and jobs that clients still ask about
    asking_seconds: int = 5  # a client that has not asked about its job for so long counts as gone; ours ask every 0.3
    close_seconds: int = 1  # after that, for unfinished work; then the process ends
    lock_seconds: int = 90  # until a helper that is starting or stopping answers or has gone: stop_seconds and a start

    # Memory and logs
    decoder_bytes: int = 4096 * MB  # address space of the process that decodes: 200 MP at 16 bit three times over
    log_bytes: int = MB  # one log file; four are kept
    log_files: int = 3  # older ones

    def __post_init__(self):
        for field in fields(self):
            least = 0 if field.name in ("port", "former_port") else 1
            if getattr(self, field.name) < least:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}, not at least {least}")
        if self.port > 65535:
            raise ValueError(f"port is {self.port}, not at most 65535")

    @property
    def threads(self) -> int:
        """Threads for requests: those that wait for a photo, and some that always answer."""
        return self.waiting + 1 + 6

    def public(self) -> dict[str, int]:
        """The limits that a client keeps."""
        names = ("body_bytes", "pixels", "waiting", "jobs", "groups", "takes", "seconds", "keep_seconds")
        return {name: getattr(self, name) for name in names}
