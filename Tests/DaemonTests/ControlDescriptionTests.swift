import ControlAPI
import Foundation
import TestSupport
import Testing

@testable import Daemon

/// `config/openapi.yaml` against the routes, and against the daemon as it answers.
@Suite(.serialized) struct ControlDescriptionTests {
    private func document() throws -> JSONValue {
        try JSONValue(parsing: ControlInterface.document)
    }

    @Test func everyRouteIsDescribedAndEveryDescriptionIsARoute() throws {
        let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]
        var described: Set<String> = []
        for (path, entry) in try #require(try document()["paths"]?.object) {
            for method in methods where entry[method] != nil {
                described.insert("\(method.uppercased()) \(path)")
            }
        }
        let routes = ControlRoutes.all.map(\.name)
        #expect(described == Set(routes))
        #expect(Set(routes).count == routes.count, "no route twice")
    }

    @Test func everyProblemIsDescribed() throws {
        let schemas = try document()["components"]?["schemas"]
        let types = schemas?["Problem"]?["properties"]?["type"]?["enum"]?.array
        #expect(types?.compactMap(\.string) == Problem.Kind.allCases.map(\.type))
    }

    @Test func anAddressTakesAnyNameWhereItHasBraces() {
        #expect(ControlRoutes.methods(at: "/v1/items/a-name/plan") == ["GET"])
        #expect(ControlRoutes.methods(at: "/v1/items") == ["GET", "POST"])
        #expect(ControlRoutes.methods(at: "/v1/items/a/b/plan") == [])
        #expect(ControlRoutes.methods(at: "/v1") == [])
    }

    @Test func theDescriptionIsValidAsItIsServed() async throws {
        let daemon = try await DaemonUnderTest()
        let (status, body) = try await daemon.curl("/openapi.json")
        #expect(status == 200)
        #expect(try await daemon.curl("/v1/openapi.json").body == body)
        let file = try daemon.directory.write(body, to: "openapi.json")
        try await PythonOracle.program("openapi-spec-validator").run([file.path])
        _ = try await daemon.stop()
    }

    @Test func otherMethodsAreRefusedWithThoseThatAreTaken() async throws {
        let daemon = try await DaemonUnderTest()
        for (method, path, allow) in [
            ("DELETE", "/v1/items", "GET, POST"), ("TRACE", "/v1/status", "GET"),
            ("PUT", "/v1/items/x", "GET, DELETE"), ("GET", "/v1/queue/pause", "POST"),
        ] {
            let answer = try await Program("curl").run([
                "-sS", "-i", "-X", method, "--unix-socket", daemon.socket, "http://vitrine\(path)",
            ])
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 405"), "\(text)")
            #expect(text.contains("\r\nAllow: \(allow)\r\n"), "\(text)")
            #expect(text.contains("\r\nContent-Type: application/problem+json\r\n"), "\(text)")
        }
        _ = try await daemon.stop()
    }

    /// Some seven hundred requests, good and bad, made from the description alone.
    @Test func schemathesisFindsNothing() async throws {
        let daemon = try await DaemonUnderTest()
        // What the examples of the description name is there.
        let picture = daemon.directory.file("sunset.png")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=96x64", "-frames:v", "1",
            picture.path,
        ])
        let sidecar = try daemon.directory.write(
            #"{"id": "sunset-1a2b3c4d", "title": "Sunset"}"#, to: "sunset.json")
        let added = try await daemon.ctl(
            "item", "add", "--wait", "--sidecar", sidecar.path, picture.path)
        #expect(added.termination == .exited(0), "\(added.error)")

        let bridge = try RunningProgram(
            JSONSchema.python().executable, ["-c", Self.bridge, daemon.socket])
        let port = try await Waiting.until("a port", within: .seconds(20)) {
            Int(String(decoding: bridge.output, as: UTF8.self).dropLast())
        }
        try daemon.directory.write(Self.hooks, to: "oracle/hooks.py")
        let settings = try daemon.directory.write(Self.settings, to: "oracle/schemathesis.toml")
        let found = try await PythonOracle.program("schemathesis").result(
            [
                "--config-file", settings.path, "run",
                PackageLayout.file("config/openapi.yaml").path,
                "--url", "http://127.0.0.1:\(port)", "--max-examples", "2", "--no-shrink",
                "--seed", ProcessInfo.processInfo.environment["TEST_SEED"] ?? "20261126",
                "--request-timeout", "20",
                "--continue-on-failure", "--warnings", "off",
            ], directory: daemon.directory.file("oracle"), atMost: .seconds(240))
        #expect(found.termination == .exited(0), "\(found.text)\n\(found.error)")
        let passed = found.text.firstMatch(of: /(\d+) generated, (\d+) passed/)
        #expect(passed.flatMap { Int($0.2) } ?? 0 > 300, "\(found.text)")
        let status = try await daemon.curl("/v1/status").status
        #expect(status == 200)
        #expect(try await daemon.stop() == .exited(0))
    }

    /// From a port on the loopback to the socket: the oracle speaks TCP only.
    private static let bridge = """
        import asyncio, sys
        async def pump(reader, writer):
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            except OSError:
                pass
            writer.close()
        async def serve(reader, writer):
            try:
                inner = await asyncio.open_unix_connection(sys.argv[1])
            except OSError:
                return writer.close()
            await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer))
        async def main():
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """

    /// A stream that never ends is no answer to wait for; it has tests of its own.
    private static let hooks = """
        import schemathesis

        @schemathesis.hook
        def before_call(context, case, kwargs):
            if isinstance(case.query, dict) and str(case.query.get("follow")).lower() == "true":
                case.query["follow"] = "false"
        """

    /// 404, 409 and 422 say that a request was understood and what it names is not there or not fit.
    private static let settings = """
        hooks = "hooks.py"
        [checks]
        positive_data_acceptance.expected-statuses = ["2xx", "403", "404", "409", "422"]
        """
}
