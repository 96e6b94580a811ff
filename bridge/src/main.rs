//! The command: reads the arguments, listens, and says where.

use std::io::Write;
use std::process::ExitCode;

use afterword_bridge::options::{self, Command, Options};
use afterword_bridge::{Bridge, Server};

#[tokio::main]
async fn main() -> ExitCode {
    match options::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => {
            said(options::HELP);
            ExitCode::SUCCESS
        }
        Ok(Command::Serve(options)) => match serve(&options).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(wrong) => fail(1, &wrong),
        },
        // As the other commands say that the command line is wrong.
        Err(wrong) => fail(2, &wrong),
    }
}

async fn serve(options: &Options) -> Result<(), String> {
    let bridge = Bridge::new(options)?;
    let server = Server::bind(&options.listen, bridge).await?;
    said(&format!("{} is read for http://{}/api", options.url, server.address()));
    server.run(stopped()).await;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn stopped() {
    #[cfg(unix)]
    let term = async {
        if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            term.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(not(unix))]
    let term = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = term => {}
    }
}

/// A reader that hangs up, such as `head`, is no failure.
fn said(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn fail(status: u8, sentence: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "afterword-bridge: {sentence}");
    ExitCode::from(status)
}
