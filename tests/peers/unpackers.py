"""Compares what others unpack of a stream with what is in its conversion.

argv: a directory with NAME.dat (the stream), NAME.eml (its conversion), NAME.truth/ (the files that were put in), NAME.names (names
of theirs, a line each), and
NAME.tnef/, NAME.ytnef/ (what these programs unpacked). Prints one JSON object. tnefparse is asked too if it is here.
"""
import email
import email.policy
import json
import logging
import os
import sys

try:
    import tnefparse
except ImportError:
    tnefparse = None

# File names are given in both ways, for readers that know one of them (RFC 2231, and RFC 2047 where it does not allow it).
DELIBERATE = (
    "encoded word inside quoted string",
    "missing trailing whitespace after encoded-word",
    "duplicate parameter name; duplicate ignored",
)
# What it thinks of damaged streams is not asked for.
logging.disable(logging.CRITICAL)
home = sys.argv[1]


def files(directory):
    found = []
    for place, _, names in os.walk(os.path.join(home, directory)):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                found.append(file.read())
    return found


def parse(name):
    if name.startswith("damaged"):
        return []  # on some of them it does not end
    with open(os.path.join(home, name + ".dat"), "rb") as file:
        return [bytes(attachment.data) for attachment in tnefparse.TNEF(file.read()).attachments]


def conversion(name):
    """All that is in its parts, and what is wrong with them."""
    with open(os.path.join(home, name + ".eml"), "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.SMTP)
    contents, defects, titles = [], [], set()
    for part in message.walk():
        defects += [type(defect).__name__ for defect in part.defects]
        for field in part:
            found = [str(defect) for defect in getattr(part[field], "defects", ())]
            defects += [f"{field}: {defect}" for defect in found if defect not in DELIBERATE]
        if not part.is_multipart():
            contents.append(part.get_payload(decode=True))
            titles.add(part.get_filename())
    return contents, defects, titles


unpackers = {"tnef": lambda name: files(name + ".tnef"), "ytnef": lambda name: files(name + ".ytnef")}
if tnefparse:
    unpackers["tnefparse"] = parse
agreed = {unpacker: 0 for unpacker in unpackers}
missing, unnamed, complaints, failed = [], [], [], []
names = sorted(file[:-4] for file in os.listdir(home) if file.endswith(".eml"))
for name in names:
    contents, defects, titles = conversion(name)
    with open(os.path.join(home, name + ".names"), encoding="utf-8") as file:
        unnamed += [f"{name}: {title!r} among {titles}" for title in file.read().splitlines() if title not in titles]
    complaints += [f"{name}: {defect}" for defect in defects]
    truth = files(name + ".truth")
    for unpacker, unpack in unpackers.items():
        try:
            theirs = unpack(name)
        except Exception as error:
            failed.append(f"{unpacker} {name}: {error!r}")
            continue
        left = list(contents)
        for octets in truth:
            if octets not in theirs:
                continue
            agreed[unpacker] += 1
            if octets in left:
                left.remove(octets)
            else:
                missing.append(f"{unpacker} {name}: {len(octets)} octets")
lists = dict(missing=missing, unnamed=unnamed, complaints=complaints, failed=failed)
print(json.dumps(dict(read=len(names), agreed=agreed, **lists)))
