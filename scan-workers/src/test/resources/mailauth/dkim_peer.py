# SPDX-License-Identifier: Apache-2.0
"""dkimpy as a peer: signs messages and says what it makes of others. Keys and their records come from a folder."""
import os
import sys

import dkim


def record(folder, name):
    wanted = name.decode().rstrip(".").lower()
    with open(os.path.join(folder, "records"), encoding="ascii") as records:
        for line in records:
            key, text = line.rstrip("\n").split(" ", 1)
            if key == wanted:
                return text.encode()
    return None


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def sign(folder):
    """Each line of the file "jobs": message, result, key, selector, algorithm, header form, body form, length."""
    for line in read(folder, "jobs").decode().splitlines():
        message, result, key, selector, algorithm, head, body, length = line.split(" ")
        octets = read(folder, message)
        field = dkim.sign(
            octets, selector.encode(), b"example.org", read(folder, key),
            canonicalize=(head.encode(), body.encode()), signature_algorithm=algorithm.encode(),
            length=length == "yes")
        with open(os.path.join(folder, result), "wb") as out:
            out.write(field + octets)


def verify(folder):
    """Prints each message with one word for each signature."""
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".eml"):
            continue
        octets = read(folder, name)
        words = []
        try:
            message = dkim.DKIM(octets, minkey=1024)
            signatures = len([1 for key, _ in message.headers if key.lower() == b"dkim-signature"])
            for index in range(signatures):
                try:
                    good = dkim.DKIM(octets, minkey=1024).verify(
                        idx=index, dnsfunc=lambda name, timeout=5: record(folder, name))
                    words.append("pass" if good else "no")
                except Exception:
                    words.append("no")
        except Exception:
            words.append("no")
        print(name, " ".join(words))


{"sign": sign, "verify": verify}[sys.argv[1]](sys.argv[2])
