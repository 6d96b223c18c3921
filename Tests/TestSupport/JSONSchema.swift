package import Foundation

/// Validation by the `jsonschema` package of Python: JSON Schema 2020-12, formats included.
package enum JSONSchema {
    /// What is wrong with each document; empty when all are valid.
    ///
    /// - Parameters:
    ///   - documents: the files to check, in one run of the validator.
    ///   - schema: the schema's file; it is checked against its own meta-schema first.
    package static func problems(in documents: [URL], schema: URL) async throws -> [String] {
        let script = """
            import json, sys
            import jsonschema
            schema = json.load(open(sys.argv[1]))
            kind = jsonschema.Draft202012Validator
            kind.check_schema(schema)
            validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
            for path in sys.argv[2:]:
                for error in validator.iter_errors(json.load(open(path))):
                    print(f"{path}: {error.json_path}: {error.message[:300]}")
            """
        let output = try await python().run(
            ["-c", script, schema.path] + documents.map(\.path))
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The Python that `make deps` prepared, else the machine's own.
    package static func python() throws -> Program {
        let prepared = PackageLayout.file(".build/oracles/bin/python3")
        if FileManager.default.isExecutableFile(atPath: prepared.path) { return Program(prepared) }
        return try Program("python3")
    }
}
