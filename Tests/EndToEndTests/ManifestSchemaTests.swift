import Foundation
import TestSupport
import Testing

/// The contract accepts what is published and refuses what is not.
struct ManifestSchemaTests {
    private let golden = PackageLayout.file("fixtures/goldens/manifest-film.json")

    private func problems(_ change: (inout [String: JSONValue]) -> Void) async throws -> [String] {
        let data = try Data(contentsOf: golden)
        var fields = try #require(try JSONValue(parsing: data).object)
        change(&fields)
        let directory = try TemporaryDirectory("schema")
        let file = try directory.write(
            JSONEncoder().encode(JSONValue.object(fields)), to: "manifest.json")
        return try await JSONSchema.problems(in: [file], schema: SiteChecker.schema)
    }

    @Test(arguments: ["film", "document"])
    func theGoldenManifestIsValid(kind: String) async throws {
        let golden = PackageLayout.file("fixtures/goldens/manifest-\(kind).json")
        #expect(try await JSONSchema.problems(in: [golden], schema: SiteChecker.schema) == [])
    }

    @Test func unknownFieldsAreAllowed() async throws {
        #expect(try await problems { $0["future"] = .object(["a": .number(1)]) } == [])
    }

    @Test(arguments: [
        "schemaVersion", "item", "generation", "state", "kind", "title", "source", "derivatives",
        "html", "warnings", "provenance", "play",
    ])
    func aMissingFieldIsAProblem(name: String) async throws {
        #expect(try await !problems { $0[name] = nil }.isEmpty)
    }

    @Test func wrongTypesAndValuesAreProblems() async throws {
        let changes: [(String, JSONValue)] = [
            ("schemaVersion", .number(2)), ("item", .string("../x")), ("item", .string("a..b")),
            ("generation", .number(0)), ("generation", .string("1")), ("generation", .number(1.5)),
            ("state", .string("done")), ("kind", .string("film")), ("title", .null),
            ("derivatives", .array([])), ("derivatives", .array([.object([:])])),
            ("warnings", .array([.string("x")])), ("placeholder", .object([:])),
            ("play", .object(["captions": .array([]), "hls": .string("../../etc/passwd")])),
            ("play", .object(["captions": .array([]), "hls": .string("a/b/c/d/e/f")])),
            ("play", .object(["captions": .array([]), "hls": .string("/a")])),
            ("loudness", .object(["gainDB": .string("-3")])),
        ]
        for (name, value) in changes {
            let found = try await problems { $0[name] = value }
            #expect(!found.isEmpty, "\(name) = \(value)")
        }
    }
}
