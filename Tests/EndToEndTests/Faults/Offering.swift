#if DEBUG
    import Foundation
    import TestSupport

    /// The files that uploads of fault tests are made of.
    struct Material: Sendable {
        let picture: Data
        let film: Data

        init() async throws {
            picture = try await Data(
                contentsOf: Still {
                    $0.width = 64; $0.height = 48; $0.format = .png
                }.file())
            film = try await Data(
                contentsOf: Film {
                    $0.width = 160; $0.height = 90; $0.frameCount = 25
                }.file())
        }
    }

    /// An upload of a case, with what must become of it.
    struct Offering: Sendable {
        var data: Data
        var sidecar: String?
        var expectation: Expectation

        var name: String { expectation.name }

        init(_ errand: Errand, _ number: Int, of material: Material) {
            let name = "upload-\(number)"
            // Bytes of its own, behind the end of the picture.
            let secret = "secret-\(UUID().uuidString.lowercased())"
            let tail = Data("\(name) \(secret)".utf8)
            switch errand {
            case .unusable:
                data = Data("neither picture nor sound: ".utf8) + tail
                expectation = Expectation("\(name).png", .failed, isAccepted: true)
            case .refused:
                data = material.picture + tail
                sidecar = "{ this is no JSON"
                expectation = Expectation("\(name).png", .failed, isAccepted: false)
            case .film:
                data =
                    material.film + Data([0, 0, 0, UInt8(8 + tail.count)]) + Data("free".utf8)
                    + tail
                expectation = Expectation("\(name).mp4", .ready, generation: 1)
            case .picture, .removal, .rollback, .collection, .erasure:
                data = material.picture + tail
                sidecar = "{\"title\": \"Title of \(name)\", \"owner\": \"\(name)\"}"
                expectation = Expectation("\(name).png", .ready)
                expectation.title = "Title of \(name)"
                if errand == .picture { expectation.generation = 1 }
                if [.removal, .erasure].contains(errand) { expectation.state = .removed }
            }
            expectation.secret = secret
        }

        /// Puts it into the inbox, its sidecar first.
        func bring(to site: Site) throws {
            if let sidecar { try site.upload(Data(sidecar.utf8), as: "\(name).json") }
            try site.upload(data, as: name)
        }
    }
#endif
