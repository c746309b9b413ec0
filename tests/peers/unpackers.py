"""Compares what others unpack of a stream with what is in its conversion.

argv: a directory with NAME.dat (the stream), NAME.eml (its conversion), NAME.truth/ (the files that were put in), and
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
    with open(os.path.join(home, name + ".dat"), "rb") as file:
        return [bytes(attachment.data) for attachment in tnefparse.TNEF(file.read()).attachments]


def conversion(name):
    """All that is in its parts, and what is wrong with them."""
    with open(os.path.join(home, name + ".eml"), "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.SMTP)
    contents, defects = [], []
    for part in message.walk():
        defects += [type(defect).__name__ for defect in part.defects]
        for field in part:
            defects += [f"{field}: {defect}" for defect in getattr(part[field], "defects", ())]
        if not part.is_multipart():
            contents.append(part.get_payload(decode=True))
    return contents, defects


unpackers = {"tnef": lambda name: files(name + ".tnef"), "ytnef": lambda name: files(name + ".ytnef")}
if tnefparse:
    unpackers["tnefparse"] = parse
agreed = {unpacker: 0 for unpacker in unpackers}
missing, complaints, failed = [], [], []
names = sorted(file[:-4] for file in os.listdir(home) if file.endswith(".eml"))
for name in names:
    contents, defects = conversion(name)
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
print(json.dumps(dict(read=len(names), agreed=agreed, missing=missing, complaints=complaints, failed=failed)))
