"""A real mail server on loopback with TLS and login that misbehaves on demand, by the recipient's name.

grey@ is told to come back later the first time, never@ does not exist, full@ has no room when the mail is there, cut@
loses the line in the middle of the mail, dying@ has the mail and dies before it says so. Everybody else gets their mail.

Prints its port when it listens. Writes into its folder: `raw` (every byte that came), `1.eml`, `2.eml` … and `1.to` … (what it took), `logins`.
"""
import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = pathlib.Path(sys.argv[1])
seen = set()


class Recorder(SMTP):
    def data_received(self, data):
        with open(folder / "raw", "ab") as raw:
            raw.write(data)
        # The line breaks when a piece of the mail is there, and before its end is.
        cut = getattr(self, "cutting", False)
        if cut:
            self.transport.abort()
            return
        super().data_received(data)


class Office:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "never":
            return "550 5.1.1 no such mailbox"
        if name == "grey" and address not in seen:
            seen.add(address)
            return "451 4.7.1 come back later"
        server.cutting = False
        envelope.rcpt_tos.append(address)
        server.next_is_cut = name == "cut"
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "full":
            return "452 4.2.2 mailbox full"
        number = len(list(folder.glob("*.eml"))) + 1
        (folder / f"{number}.eml").write_bytes(envelope.original_content)
        (folder / f"{number}.to").write_text("\n".join([envelope.mail_from, *envelope.rcpt_tos]))
        if name == "dying":
            server.transport.abort()
            return "250 never heard"
        return "250 2.0.0 taken"


def login(server, session, envelope, mechanism, data):
    good = data.login == b"office@example.com" and data.password == b"authorization-code"
    with open(folder / "logins", "a") as logins:
        logins.write(f"{mechanism} {'good' if good else 'bad'}\n")
    return AuthResult(success=good, handled=True) if good else AuthResult(success=False, handled=False)


def smtp():
    smtp = Recorder(Office(), hostname="mx.example", auth_required=True, auth_require_tls=False, authenticator=login)
    ask = smtp._smtp_methods["DATA"]

    async def data(arg):
        smtp.cutting = getattr(smtp, "next_is_cut", False)
        await ask(arg)

    smtp._smtp_methods["DATA"] = data
    return smtp


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(smtp, "127.0.0.1", 0, ssl=tls)
    print(f"{server.sockets[0].getsockname()[1]:>5}", flush=True)
    # Ends with its parent, whose end closes this.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
