//! A bad line: it passes bytes on to a server and breaks after some of them, then is a good one.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// The port of a line to a server that breaks each time after so many of the server's bytes.
pub fn bad_line(server: u16, breaks: &'static [usize]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut limits = breaks.iter().copied().chain(std::iter::repeat(usize::MAX));
        for client in listener.incoming().map_while(Result::ok) {
            let limit = limits.next().unwrap_or(usize::MAX);
            drop(TcpStream::connect(("127.0.0.1", server)).and_then(|server| join(client, server, limit)));
        }
    });
    port
}

fn join(client: TcpStream, server: TcpStream, limit: usize) -> io::Result<()> {
    let (up_from, up_to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || pass_on(up_from, up_to, usize::MAX));
    thread::spawn(move || pass_on(server, client, limit));
    Ok(())
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mut limit: usize) {
    let mut some = vec![0; 16 << 10];
    while limit > 0 {
        let Ok(count @ 1..) = from.read(&mut some) else { break };
        let count = count.min(limit);
        limit -= count;
        if to.write_all(&some[..count]).is_err() {
            break;
        }
    }
    drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
}
