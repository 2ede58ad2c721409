"""A client's device and the rest of the world: two network namespaces, joined by one wire.

::

    client                                              world
    ------                                              -----
    tunnel 10.8.0.1   <- UDP datagrams on the wire ->   tunnel 10.8.0.2     (a process on either side)
    wire   192.0.2.1  <------------------------------>  wire   192.0.2.2
                                                        target 203.0.113.7  (what the probes are for)

Packets for the target go through the tunnel while its process lives, and else out by the default route, in the clear.
Who watches the wire, on the world's side, sees which. The host's own network is not touched.
"""

import contextlib
import ctypes
import fcntl
import itertools
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tunnel import DEVICE, LARGEST

SERVER, PORT, TARGET, ECHO = "192.0.2.2", 51820, "203.0.113.7", 7
MAC = {"client": "02:00:00:00:00:01", "world": "02:00:00:00:00:02"}
SECONDS = 5.0  # after which a packet counts as lost, and a process is killed that does not end

SETUP = {
    "client": f"""
        link set lo up
        address add 192.0.2.1/24 dev wire
        link set wire up
        neighbour add {SERVER} lladdr {MAC["world"]} dev wire nud permanent
        route add default via {SERVER}""",
    "world": f"""
        link set lo up
        address add {TARGET}/32 dev lo
        address add {SERVER}/24 dev wire
        link set wire up
        neighbour add 192.0.2.1 lladdr {MAC["client"]} dev wire nud permanent""",
}
KILL_SWITCH = f"""
    table inet kill_switch {{
        chain output {{
            type filter hook output priority 0; policy drop;
            oifname {{ "lo", "{DEVICE}" }} accept
            oifname "wire" ip daddr {SERVER} udp dport {PORT} accept
        }}
    }}"""

CLONE_NEWNET = 0x40000000  # linux/sched.h
ETH_P_ALL, IPV4, MARKER = 0x0003, 0x0800, 0x88B5  # linux/if_ether.h; 88B5 is for local experiments (IEEE 802)
SIOCGIFFLAGS = 0x8913  # linux/sockios.h

_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


class NotPermitted(Exception):
    """This machine lacks something that the example needs, or does not let us have it; the message says what."""


@dataclass(frozen=True)
class Packet:
    """A packet on the wire."""

    source: str
    target: str
    protocol: str
    data: bytes

    @property
    def is_the_tunnels(self) -> bool:
        """Whether it is one of the tunnel's datagrams."""
        return self.protocol == "UDP" and self.target == f"{SERVER}:{PORT}"

    def __str__(self) -> str:
        return f"{self.source} -> {self.target} {self.protocol}, {len(self.data)} bytes: {self.data!r}"


@dataclass(frozen=True)
class Seen:
    """What became of one probe, and what left the client since the last one."""

    answered: bool
    inside: int  # datagrams of the tunnel
    outside: tuple[Packet, ...]  # whatever else


class Network:
    """Both namespaces and what runs in them, until it is closed."""

    def __init__(self) -> None:
        self._end = contextlib.ExitStack()
        self._tunnel: subprocess.Popen[str] | None = None
        self._blocking = False
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes and delete the namespaces, with all that is in them."""
        self.stop_tunnel()
        self._end.close()

    # The client's device

    def block(self, wanted: bool) -> None:
        """Close or open the firewall: when closed, only the tunnel's own datagrams leave by the wire."""
        if wanted != self._blocking:
            self._in("client", "nft", "-f", "-", text=KILL_SWITCH if wanted else "delete table inet kill_switch")
            self._blocking = wanted

    def start_tunnel(self) -> None:
        """Start a tunnel process on the client; return when its routes are there."""
        routes = ["--route", "0.0.0.0/1", "--route", "128.0.0.0/1"]  # everything, ahead of the default route
        self._tunnel = self._start("client", ["10.8.0.1", "10.8.0.2", "--to", f"{SERVER}:{PORT}", *routes])

    def stop_tunnel(self, *, kill: bool = False) -> None:
        """End the client's tunnel process, if there is one."""
        if self._tunnel:
            _end(self._tunnel, kill=kill)
            self._tunnel = None

    def tunnel_is_up(self) -> bool:
        """Say whether the client has a tunnel device."""
        try:
            fcntl.ioctl(self._probe, SIOCGIFFLAGS, struct.pack("16s24x", DEVICE.encode()))
        except OSError:
            return False
        return True

    # Probes, and the watch on the wire

    def probe(self) -> Seen:
        """Send a datagram from the client to the target, as any app would; watch the wire, and wait for the answer."""
        data = b"probe %d" % next(_numbers)
        try:
            self._probe.sendto(data, (TARGET, ECHO))
            answered = self._echo(data) and self._received(self._probe, data) is not None
        except OSError:  # the firewall refuses it, or there is no route
            answered = False
        left = self._left()
        outside = tuple(packet for packet in left if not packet.is_the_tunnels)
        return Seen(answered, len(left) - len(outside), outside)

    def _echo(self, data: bytes) -> bool:
        """Do the target's part: send the datagram back to where it came from."""
        sender = self._received(self._target, data)
        return sender is not None and self._target.sendto(data, sender) > 0

    @staticmethod
    def _received(at: socket.socket, data: bytes) -> tuple[str, int] | None:
        """Wait for the datagram, drop what is left of others; return its sender, or nothing if it is lost."""
        end = time.monotonic() + SECONDS
        while (left := end - time.monotonic()) > 0:
            at.settimeout(left)
            with contextlib.suppress(TimeoutError):
                found, sender = at.recvfrom(LARGEST)
                if found == data:
                    return str(sender[0]), int(sender[1])
        return None

    def _left(self) -> list[Packet]:
        """Return what the watch on the wire saw leaving the client since the last time.

        A frame that no firewall sees goes last, and marks the end: what had left before it has been seen.
        """
        end = b"end %d" % next(_numbers)
        self._marker.send(bytes.fromhex((MAC["world"] + MAC["client"]).replace(":", "")) + MARKER.to_bytes(2) + end)
        packets: list[Packet] = []
        self._watch.settimeout(SECONDS)
        while True:
            frame, (_, kind, direction, *_) = self._watch.recvfrom(LARGEST)
            if kind == MARKER and frame[14 : 14 + len(end)] == end:
                return packets
            if kind != MARKER and direction != socket.PACKET_OUTGOING:
                packets.append(_packet(frame, kind))

    # How it is made

    def _build(self) -> None:
        _check()
        _sweep()
        number = next(_numbers)
        self._name = {side: f"tunnelproof-{os.getpid()}-{number}-{side}" for side in ("client", "world")}
        for name in self._name.values():
            made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
            if made.returncode:
                raise NotPermitted(f"no network namespace can be made (ip netns add): {made.stderr.strip()}")
            self._end.callback(subprocess.run, ["ip", "netns", "delete", name], check=True)
        client, world = self._name.values()
        wire = ["link", "add", "wire", "address", MAC["client"], "type", "veth"]
        _run(["ip", "-n", client, *wire, "peer", "name", "wire", "address", MAC["world"], "netns", world])
        for side, name in self._name.items():
            _run(["ip", "-n", name, "-batch", "-"], text=SETUP[side])
        self._probe, self._marker = self._sockets("client", (socket.SOCK_DGRAM, None), (socket.SOCK_RAW, "wire"))
        self._target, self._watch = self._sockets("world", (socket.SOCK_DGRAM, None), (socket.SOCK_RAW, "wire"))
        self._target.bind((TARGET, ECHO))
        try:
            self.block(True)
        except subprocess.CalledProcessError as refused:
            raise NotPermitted(f"no nftables rules can be set (nft): {refused.stderr.strip()}") from refused
        self.block(False)
        server = self._start("world", ["10.8.0.2", "10.8.0.1", "--listen", f"{SERVER}:{PORT}"])
        self._end.callback(_end, server)

    def _start(self, side: str, arguments: list[str]) -> subprocess.Popen[str]:
        """Start a tunnel process in the namespace and wait until it is up."""
        program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("tunnel.py"))]
        command = ["ip", "netns", "exec", self._name[side], *program, *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if process.stdout and process.stdout.readline() == "up\n":
            return process
        _end(process)
        raise RuntimeError(f"the tunnel's process on the side of the {side} did not start")

    def _in(self, side: str, *command: str, text: str) -> None:
        _run(["ip", "netns", "exec", self._name[side], *command], text=text)

    def _sockets(self, side: str, *wanted: tuple[socket.SocketKind, str | None]) -> list[socket.socket]:
        """Open sockets in a namespace: for datagrams, or for all frames of a device. They stay there.

        A thread enters the namespace for it. It turns IPv6 off as well, so that nothing there speaks unasked.
        """
        made: list[socket.socket] = []
        trouble: list[OSError] = []

        def enter() -> None:
            try:
                with Path("/run/netns", self._name[side]).open() as namespace:
                    if _libc.setns(namespace.fileno(), CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), "setns")
                switch = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
                if switch.exists():
                    switch.write_text("1")
                for kind, device in wanted:
                    family = socket.AF_PACKET if device else socket.AF_INET
                    made.append(socket.socket(family, kind, 0))
                    self._end.callback(made[-1].close)
                    if device:
                        made[-1].bind((device, ETH_P_ALL))
            except OSError as error:
                trouble.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if trouble:
            raise NotPermitted(f"the namespace cannot be watched: {trouble[0]}")
        return made


def _check() -> None:
    """Raise `NotPermitted` if something is missing that can be seen without trying much."""
    if sys.platform != "linux":
        raise NotPermitted(f"network namespaces are Linux's, and this is {sys.platform}")
    for program, package in (("ip", "iproute2"), ("nft", "nftables")):
        if not shutil.which(program):
            raise NotPermitted(f"the program '{program}' is not installed (package {package})")
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        raise NotPermitted(f"no TUN device can be made: {error}") from error


def _sweep() -> None:
    """Delete what a run left behind that was killed."""
    for line in _run(["ip", "netns", "list"]).splitlines():
        name = line.split()[0]
        match name.split("-"):
            case ["tunnelproof", process, _, _] if not Path("/proc", process).exists():
                _run(["ip", "netns", "delete", name])


def _run(command: list[str], text: str = "") -> str:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _end(process: subprocess.Popen[str], *, kill: bool = False) -> None:
    """End a tunnel process, by the end of its input or by force."""
    if kill:
        process.kill()
    try:
        process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _packet(frame: bytes, kind: int) -> Packet:
    """Read an Ethernet frame."""
    if kind != IPV4:
        return Packet(frame[6:12].hex(":"), frame[:6].hex(":"), f"EtherType {kind:#06x}", frame[14:])
    header, number = (frame[14] & 15) * 4, frame[23]
    protocol = {1: "ICMP", 6: "TCP", 17: "UDP"}.get(number, f"protocol {number}")
    data = frame[14 + header : 14 + int.from_bytes(frame[16:18])]
    source, target = socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34])
    if protocol == "UDP":
        source, target = f"{source}:{int.from_bytes(data[:2])}", f"{target}:{int.from_bytes(data[2:4])}"
        data = data[8:]
    return Packet(source, target, protocol, data)
