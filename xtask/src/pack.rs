//! Compressed twins of files, `.br` and `.gz`, so that no server has to compress at answer time.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, file_error};
use crate::workspace::{files_under, write};

/// What is worth compressing: everything that is not compressed by its format.
const COMPRESSED: [&str; 8] = ["css", "html", "js", "json", "svg", "ts", "txt", "wasm"];

/// Packs what is worth it in `dir`.
pub(crate) fn all_in(dir: &Path) -> Result<(), Failure> {
    for file in files_under(dir) {
        let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        if COMPRESSED.contains(&extension.as_str()) {
            pack(&file)?;
        }
    }
    Ok(())
}

/// Writes `file.br` and `file.gz`.
fn pack(file: &Path) -> Result<(), Failure> {
    let contents = std::fs::read(file).map_err(|error| file_error("read", file, &error))?;
    let beside = |suffix: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let failed = |error: std::io::Error| file_error("compress", file, &error);
    write(&beside(".br"), brotli(&pieces(&contents)).map_err(failed)?)?;
    write(&beside(".gz"), gzip(&contents).map_err(failed)?)
}

/// Bytes that are packed in a moment: there is time for other windows.
const SMALL: usize = 1 << 16;

/// A description of its own for the decoder costs some bytes: so many have to be worth it.
const PIECE: u64 = 1 << 10;

/// A module, cut where a large section begins: each is like nothing before it. Everything else in one piece.
fn pieces(contents: &[u8]) -> Vec<&[u8]> {
    let sections = wasmparser::Parser::new(0).parse_all(contents).map_while(Result::ok);
    let large =
        sections.filter_map(|section| section.as_section()).filter(|(_, at)| at.end - at.start >= PIECE);
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in large.map(|(_, at)| at.start as usize).chain([contents.len()]) {
        pieces.extend(contents.get(start..end));
        start = end;
    }
    pieces
}

/// As small as the encoder can: it guesses what a byte depends on, from the bytes before it, and guesses wrong for
/// WebAssembly. All its ways are tried. Each of `pieces` is told apart from the one before it.
fn brotli(pieces: &[&[u8]]) -> std::io::Result<Vec<u8>> {
    use brotli::enc::backward_references::BrotliEncoderMode as Mode;
    let modes = [
        Mode::BROTLI_MODE_GENERIC,
        Mode::BROTLI_FORCE_LSB_PRIOR,
        Mode::BROTLI_FORCE_MSB_PRIOR,
        Mode::BROTLI_FORCE_SIGNED_PRIOR,
        Mode::BROTLI_FORCE_UTF8_PRIOR,
    ];
    let length = pieces.iter().map(|piece| piece.len()).sum();
    let windows: &[i32] = if length <= SMALL { &[16, 17, 18, 22] } else { &[22] };
    let mut smallest: Option<Vec<u8>> = None;
    for (mode, window) in modes.into_iter().flat_map(|mode| windows.iter().map(move |window| (mode, *window)))
    {
        let best = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: window,
            lgblock: 20,
            mode,
            size_hint: length,
            ..Default::default()
        };
        let mut packer = brotli::CompressorWriter::with_params(Vec::new(), length.max(1), &best);
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                packer.flush()?;
            }
            packer.write_all(piece)?;
        }
        let packed = packer.into_inner();
        if smallest.as_ref().is_none_or(|smallest| packed.len() < smallest.len()) {
            smallest = Some(packed);
        }
    }
    Ok(smallest.unwrap_or_default())
}

fn gzip(contents: &[u8]) -> std::io::Result<Vec<u8>> {
    // No name and no time: equal contents give equal files.
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(contents)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn compressed_twins_hold_the_same_contents() {
        let contents = "conversation ".repeat(1000).into_bytes();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(&pieces(&contents)).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, contents);
        let packed = gzip(&contents).unwrap();
        assert!(packed.len() < contents.len() / 10);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, contents);
    }

    #[test]
    fn a_module_is_cut_where_a_large_section_begins() {
        let mut module = wasm_encoder::Module::new();
        for length in [PIECE, 3, PIECE + 1] {
            let data = vec![7; length as usize];
            module.section(&wasm_encoder::CustomSection { name: "".into(), data: data.into() });
        }
        let module = module.finish();
        let pieces = pieces(&module);
        assert_eq!(pieces.concat(), module);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().skip(1).all(|piece| piece.starts_with(&[0, 7])));
        assert_eq!(super::pieces(b"no module"), [b"no module"]);
        assert_eq!(super::pieces(b""), [b""]);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(&pieces).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, module);
    }
}
