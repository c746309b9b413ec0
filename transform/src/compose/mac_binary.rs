//! Macintosh files with two forks in one (MacBinary, versions I to III).

/// The fork that other systems know, and what the file is called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MacFile<'a> {
    pub(crate) name: String,
    /// The extension that its type stands for.
    pub(crate) extension: Option<&'static str>,
    pub(crate) data: &'a [u8],
    /// Octets of the other fork.
    pub(crate) resource_octets: usize,
}

impl<'a> MacFile<'a> {
    /// Reads a file; `None`: it is no such file, and is what it is.
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        let header = octets.first_chunk::<HEADER>()?;
        let long = |at: usize| {
            let number = header.get(at..)?.first_chunk()?;
            usize::try_from(u32::from_be_bytes(*number)).ok()
        };
        let zeros = [header[0], header[74], header[82]];
        let name_octets = usize::from(header[1]);
        if zeros != [0; 3] || !(1..=63).contains(&name_octets) {
            return None;
        }
        let (data, resource) = (long(83)?, long(87)?);
        let secondary = usize::from(u16::from_be_bytes([header[120], header[121]]));
        let begin = HEADER + secondary.next_multiple_of(HEADER);
        let data = octets.get(begin..begin.checked_add(data)?)?;
        let rest = octets.len() - begin - data.len();
        if resource > rest {
            return None;
        }
        let name = header.get(2..2 + name_octets)?;
        let (name, _) = encoding_rs::MACINTOSH.decode_without_bom_handling(name);
        Some(Self {
            name: name.into_owned(),
            extension: extension(header.get(65..69)?),
            data,
            resource_octets: resource,
        })
    }
}

fn extension(kind: &[u8]) -> Option<&'static str> {
    Some(match kind {
        b"TEXT" | b"ttro" => "txt",
        b"PDF " => "pdf",
        b"JPEG" => "jpg",
        b"PNGf" | b"PNG " => "png",
        b"GIFf" => "gif",
        b"TIFF" => "tif",
        b"W6BN" | b"W8BN" | b"WDBN" => "doc",
        b"XLS5" | b"XLS8" | b"XLS " => "xls",
        b"SLD3" | b"SLD8" | b"PPT3" => "ppt",
        b"MooV" => "mov",
        b"ZIP " => "zip",
        _ => return None,
    })
}

const HEADER: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &[u8], kind: &[u8], data: &[u8], resource: &[u8]) -> Vec<u8> {
        let mut file = vec![0; HEADER];
        file[1] = name.len() as u8;
        file[2..2 + name.len()].copy_from_slice(name);
        file[65..69].copy_from_slice(kind);
        file[83..87].copy_from_slice(&(data.len() as u32).to_be_bytes());
        file[87..91].copy_from_slice(&(resource.len() as u32).to_be_bytes());
        for fork in [data, resource] {
            file.extend_from_slice(fork);
            file.resize(file.len().next_multiple_of(HEADER), 0);
        }
        file
    }

    #[test]
    fn the_data_fork_is_the_file() {
        let octets = file(b"M\x8arz", b"PDF ", b"%PDF", b"icons");
        let expected = MacFile {
            name: "März".to_owned(),
            extension: Some("pdf"),
            data: b"%PDF",
            resource_octets: 5,
        };
        assert_eq!(MacFile::read(&octets), Some(expected));
    }

    #[test]
    fn what_is_no_such_file_stays_what_it_is() {
        let good = file(b"a", b"TEXT", b"data", b"");
        let check = |alter: &dyn Fn(&mut Vec<u8>)| {
            let mut octets = good.clone();
            alter(&mut octets);
            assert_eq!(MacFile::read(&octets), None);
        };
        check(&|octets| octets[0] = 1);
        check(&|octets| octets[1] = 0);
        check(&|octets| octets[1] = 64);
        check(&|octets| octets[83] = 0xff);
        check(&|octets| octets[87] = 1);
        check(&|octets| octets.truncate(127));
    }
}
