"""The tunnel's process: what goes into its TUN device travels in UDP datagrams to the peer. It does not encrypt.

``python tunnel.py ADDRESS PEER_ADDRESS [--listen HOST:PORT] [--to HOST:PORT] [--route NETWORK]...``

It says ``up`` when packets flow, and ends at the end of its input. The device and its routes end with it.
"""

import argparse
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

DEVICE = "tunnel"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
LARGEST = 65_536  # bytes of a packet


def open_device() -> int:
    """Make the TUN device, which exists as long as the descriptor is open."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    return device


def host_and_port(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``."""
    host, port = text.split(":")
    return host, int(port)


def forward(device: int, wire: socket.socket, peer: tuple[str, int] | None) -> None:
    """Carry packets both ways until the input ends. Without a peer, answer whoever sent last."""
    while True:
        readable, _, _ = select.select([device, wire, sys.stdin], [], [])
        if sys.stdin in readable:
            return
        if device in readable:
            packet = os.read(device, LARGEST)
            if peer:
                wire.sendto(packet, peer)
        if wire in readable:
            packet, sender = wire.recvfrom(LARGEST)
            peer = sender
            os.write(device, packet)


def main() -> None:
    """Set up the device and forward."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("peer_address")
    parser.add_argument("--listen", type=host_and_port, default=("0.0.0.0", 0))
    parser.add_argument("--to", type=host_and_port)
    parser.add_argument("--route", action="append", default=[])
    given = parser.parse_args()

    device = open_device()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(given.listen)
        lines = [f"address add {given.address} peer {given.peer_address} dev {DEVICE}", f"link set {DEVICE} up"]
        lines += [f"route add {network} dev {DEVICE}" for network in given.route]
        subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
        print("up", flush=True)
        forward(device, wire, given.to)


if __name__ == "__main__":
    main()
