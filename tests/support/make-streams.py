#!/usr/bin/env python3
"""Lists the streams of the compound files of a folder as olefile reads them, to be compared with
ours: `DDETECT_LABELLED=FOLDER DDETECT_STREAMS=LIST cargo test --lib others_read`.

Usage: make-streams.py FOLDER > LIST

One line a stream: file, name (UTF-8 in hexadecimal), length, SHA-256. A stream that olefile cannot
read whole has the length -1.
"""

import hashlib
import os
import sys

import olefile

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")


def files(folder):
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                if file.read(8) == SIGNATURE:
                    yield path


def main():
    folder = sys.argv[1]
    for path in files(folder):
        shown = os.path.relpath(path, folder)
        try:
            ole = olefile.OleFileIO(path)
        except Exception as error:
            print(f"{shown}: {error}", file=sys.stderr)
            continue
        for names in ole.listdir(streams=True, storages=False):
            name = "/".join(names).encode("utf-8", "replace").hex()
            try:
                data = ole.openstream(names).read()
                size = ole.get_size(names)
            except Exception as error:
                print(f"{shown}: {names}: {error}", file=sys.stderr)
                print(shown, name, -1, "-", sep="\t")
                continue
            if len(data) != size:
                print(shown, name, -1, "-", sep="\t")
                continue
            print(shown, name, len(data), hashlib.sha256(data).hexdigest(), sep="\t")


main()
