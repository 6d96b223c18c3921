import Glibc
import MediaModel

extension ScratchDirectory {
    /// Writes the bytes of several files, one after the other, into a new file.
    func concatenate(_ paths: [String], to working: String) throws(Failure) {
        let output = try create(working)
        defer { close(output) }
        for path in paths {
            let input = try open(path)
            defer { close(input) }
            while true {
                let count = sendfile(output, input, nil, 1 << 24)
                if count == 0 { break }
                guard count > 0 else {
                    throw .io(
                        code: "scratch",
                        "could not copy \(path) in the scratch directory (error \(errno)). "
                            + "Free space where state.path lies.")
                }
            }
        }
    }
}
