"""Takes mail and keeps each message as a file: the paths, one a line and in
brackets, an empty line, then the octets that came."""

import argparse
import asyncio
import logging
import os
import ssl
import sys
import tempfile

from aiosmtpd.smtp import SMTP


class Store:
    def __init__(self, directory):
        self.directory = directory

    async def handle_DATA(self, server, session, envelope):
        paths = [envelope.mail_from or "", *envelope.rcpt_tos]
        head = "".join(f"<{path}>\n" for path in paths) + "\n"
        handle, draft = tempfile.mkstemp(prefix="draft.", dir=self.directory)
        with os.fdopen(handle, "wb") as file:
            file.write(head.encode("utf-8", "surrogateescape"))
            file.write(envelope.original_content)
        name = os.path.basename(draft).replace("draft.", "message.")
        os.rename(draft, os.path.join(self.directory, name))
        return "250 2.0.0 Stored"


def tls_context(arguments):
    if not arguments.chain:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.chain, arguments.key)
    if arguments.client_roots:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(arguments.client_roots)
    return context


async def serve(arguments):
    context = tls_context(arguments)

    def session():
        return SMTP(
            Store(arguments.directory),
            hostname="aiosmtpd.test",
            data_size_limit=200 << 20,
            enable_SMTPUTF8=True,
            tls_context=context,
            require_starttls=context is not None,
            command_call_limit={"*": 1_000_000},
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", arguments.port)
    await server.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("directory")
parser.add_argument("--chain")
parser.add_argument("--key")
parser.add_argument("--client-roots")
logging.basicConfig(level=logging.INFO, stream=sys.stderr)
asyncio.run(serve(parser.parse_args()))
