import ControlAPI
import FoundationEssentials
import Intake
import MediaModel
import Storage

/// Takes in a file that an operator names on the control socket.
enum LocalUpload {
    static func add(
        _ request: AddRequest, to intake: IntakeService
    ) async throws -> (Upload, OfferAnswer) {
        let path = PathText.normalize(request.path)
        guard request.path.hasPrefix("/"), let slash = path.lastIndex(of: "/"),
            let name = FileName(String(path[path.index(after: slash)...]))
        else {
            throw Problem(
                .badRequest, "path: found `\(request.path)`, expected an absolute path of a file")
        }
        let file: OwnedDescriptor
        do throws(StorageError) {
            let parent = slash == path.startIndex ? "/" : String(path[..<slash])
            file = try Directory(path: parent).openFile(name)
        } catch {
            throw problem(error, path: path)
        }
        return try await intake.add(
            file.rawValue, fileName: name.description, sidecar: try sidecar(of: request))
    }

    /// Read again as if it lay beside the upload: one set of rules for both ways in.
    private static func sidecar(of request: AddRequest) throws -> Sidecar {
        guard let sidecar = request.sidecar else { return Sidecar() }
        return try SidecarReader.read(try ControlCoding.encode(sidecar))
    }

    private static func problem(_ error: StorageError, path: String) -> Problem {
        switch error.code {
        case .notFound:
            Problem(
                .unusableInput, "there is no file \(path)",
                hint: "as a service the daemon has a /tmp of its own and sees no home directories; "
                    + "the inbox is open to it")
        case .permission:
            Problem(
                .notPermitted, "the daemon may not read \(path)",
                hint: "put the file into the inbox, or let the daemon's user read it")
        case .notRegularFile:
            Problem(
                .unusableInput, "\(path) is no regular file",
                hint: "symbolic links, directories and devices are not followed")
        default: Problem(error)
        }
    }
}
