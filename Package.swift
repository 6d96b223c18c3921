// swift-tools-version: 6.2
// The house: targets and the one direction in which they may depend on each other.
// ARCHITECTURE.md explains the drawing; `swift build --explicit-target-dependency-import-check error`
// holds the code against it.

import PackageDescription

/// Every target of ours is compiled with the same rules: Swift 6 mode, no implicit existential,
/// no leaked import, every unsafe expression marked, and no warning left standing.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: house)
}

let package = Package(
    name: "vitrine",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "vitrined", targets: ["vitrined"]),
        .executable(name: "vitrine-worker", targets: ["vitrine-worker"]),
        .executable(name: "vitrinectl", targets: ["vitrinectl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // C stops here.
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat libavcodec libavfilter libswscale libswresample libavutil",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavfilter-dev", "libswscale-dev",
                    "libswresample-dev", "libavutil-dev",
                ])
            ]),
        .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
        .systemLibrary(
            name: "CPoppler", pkgConfig: "poppler-glib",
            providers: [.apt(["libpoppler-glib-dev"])]),
        .target(name: "CLinux"),

        // Wrappers: know C, know nothing of the product.
        library("FFmpeg", ["CFFmpeg"]),
        library("Vips", ["CVips"]),
        library("Poppler", ["CPoppler"]),

        // The vocabulary and the decisions: no C, no disk, no clock.
        library("MediaModel"),
        library("Planning", ["MediaModel", crypto]),

        // The worker's side.
        library("Transcoding", ["FFmpeg", "Vips", "Poppler", "MediaModel", "Planning", crypto]),
        library("Sandbox", ["CLinux"]),
        library("WorkerProtocol", ["MediaModel", "Planning"]),

        // Where tests let the daemon fail; empty in release builds.
        library("Failpoints"),

        // The daemon's side.
        library("JobQueue", ["MediaModel"]),
        library(
            "JobStoreSQLite",
            [
                "JobQueue", "MediaModel", "Storage", "Failpoints",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        library("Storage", ["MediaModel", "CLinux", "Failpoints", crypto]),
        library("Intake", ["MediaModel", "Storage", "CLinux", "Failpoints", log, crypto]),
        library(
            "Pipeline",
            [
                "MediaModel", "Planning", "JobQueue", "Storage", "WorkerProtocol", "CLinux",
                "Failpoints", log, crypto,
            ]),
        library("ControlAPI", ["MediaModel"]),
        library(
            "Daemon",
            [
                "MediaModel", "Planning", "JobQueue", "JobStoreSQLite", "Storage", "Intake",
                "Pipeline", "ControlAPI", "WorkerProtocol", "CLinux", "Failpoints", log, lifecycle,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            // A link to config/openapi.yaml: the daemon serves what the package ships.
            resources: [.embedInCode("Control/openapi.yaml")]),

        program("vitrined", ["Daemon", "Failpoints", arguments, log]),
        program(
            "vitrine-worker",
            ["Transcoding", "Sandbox", "WorkerProtocol", "MediaModel", "Planning", "CLinux"]),
        program(
            "vitrinectl",
            [
                "ControlAPI", "MediaModel", arguments,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),

        // Of the bench: a part of the worker's work by itself.
        .executableTarget(
            name: "sound-measure", dependencies: ["Transcoding", "MediaModel", "Planning"],
            path: "Benchmarks/SoundMeasure", swiftSettings: house),

        // Hostile code inside a worker's sandbox, and what must work in it all the same.
        .target(name: "CSandboxProbe", path: "Tests/CSandboxProbe", publicHeadersPath: "include"),
        .executableTarget(
            name: "sandbox-probe",
            dependencies: [
                "CSandboxProbe", "Sandbox", "Transcoding", "Poppler", "Vips", "MediaModel",
            ],
            path: "Tests/SandboxProbe", swiftSettings: house),

        // Tests: one target per source target, same name + Tests. TestSupport makes fixtures by
        // code and calls the independent oracles (ffprobe, vipsheader, exiftool, a browser).
        .target(
            name: "TestSupport", dependencies: ["MediaModel", "CLinux"], path: "Tests/TestSupport",
            swiftSettings: house),
        tests(of: "FFmpeg", ["TestSupport"]),
        tests(of: "Vips", ["TestSupport"]),
        tests(of: "Poppler", ["TestSupport"]),
        tests(of: "MediaModel", ["TestSupport"]),
        tests(of: "Planning", ["MediaModel", "TestSupport"]),
        tests(of: "Transcoding", ["TestSupport", "FFmpeg", "Vips", "MediaModel", "Planning"]),
        tests(of: "Sandbox", ["TestSupport", "sandbox-probe"]),
        tests(of: "WorkerProtocol", ["MediaModel", "Planning", "TestSupport"]),
        tests(of: "JobQueue", ["MediaModel", "TestSupport"]),
        tests(of: "JobStoreSQLite", ["Failpoints", "JobQueue", "MediaModel", "TestSupport"]),
        tests(of: "Storage", ["MediaModel", "TestSupport"]),
        tests(of: "Intake", ["MediaModel", "Storage", "TestSupport"]),
        tests(
            of: "Pipeline",
            ["MediaModel", "Planning", "JobQueue", "Storage", "WorkerProtocol", "TestSupport"]),
        tests(of: "ControlAPI", ["MediaModel"]),
        tests(
            of: "Daemon",
            [
                "MediaModel", "ControlAPI", "Pipeline", "JobQueue", "JobStoreSQLite", "TestSupport",
                log, lifecycle,
            ]),
        // The real executables, sockets, signals and kill -9.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "MediaModel", "ControlAPI", "Failpoints",
            ],
            swiftSettings: house),
    ]
)
