// swift-tools-version: 6.2
import PackageDescription

// Targets run from programs (top) to vocabulary (bottom); imports only ever point down.
// docs/internals/house.md says what each is for. scripts/check builds with
// `--explicit-target-dependency-import-check error`, so an import that is not listed here does not compile.

let isSanitized = Context.environment["TMINUS_SANITIZED"] != nil

let package = Package(
    name: "tminus",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tminus", targets: ["tminus"]),
        .executable(name: "tminus-shim", targets: ["tminus-shim"]),
        .executable(name: "tminus-simulator", targets: ["tminus-simulator"]),
        .executable(name: "demo-shop", targets: ["demo-shop"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Programs.
        .executableTarget(
            name: "tminus",
            dependencies: ["TminusCommands", .parser],
            // Else it exports all of its 57,000 symbols, and the loader looks through them for what others want.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]
        ),
        .executableTarget(
            name: "tminus-shim",
            cSettings: [.unsafeFlags(["-std=c11", "-Wall", "-Wextra", "-Werror", "-O2"])],
            // Without -nostartfiles SwiftPM links all of libswiftCore into this C program: 9.8 MB instead of 0.8.
            // A sanitizer's runtime can't be linked so (scripts/torture).
            linkerSettings: isSanitized
                ? [] : [.unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "-s"])]
        ),
        .executableTarget(
            name: "tminus-simulator",
            dependencies: ["TminusSimulation", "TminusJudgement", "TminusModel", .parser]
        ),
        .executableTarget(
            name: "demo-shop",
            dependencies: [.hummingbird, .grdb, .httpClient, .parser, .log, .nioCore, .nioHTTP1, .crypto]
        ),

        // The command line: the only place that knows which adapters exist.
        .target(
            name: "TminusCommands",
            dependencies: [
                "TminusServer", "TminusAPI", "TminusEngine", "TminusSQLite", "TminusAttempts", "TminusSteps",
                "TminusMetricSources", "TminusTriggers", "TminusGit", "TminusPolicy", "TminusPipeline", "TminusPorts",
                "TminusReports", "TminusCore", "TminusJudgement", "TminusModel", "CLinux", .parser, .log, .lifecycle,
                .crypto,
            ]
        ),
        .target(
            name: "TminusServer",
            dependencies: [
                "TminusAPI", "TminusEngine", "TminusPorts", "TminusPipeline", "TminusReports", "TminusCore",
                "TminusJudgement", "TminusModel", "CLinux", .hummingbird, .log, .nioCore, .nioPosix,
            ]
        ),
        .target(name: "TminusAPI", dependencies: ["TminusModel", .httpClient, .nioCore, .nioHTTP1]),
        .target(name: "TminusReports", dependencies: ["TminusModel", "TminusCore", "TminusJudgement"]),
        .target(
            name: "TminusEngine",
            dependencies: ["TminusCore", "TminusJudgement", "TminusModel", "TminusPorts", .log]
        ),

        // Adapters.
        .target(name: "TminusSQLite", dependencies: ["TminusModel", "TminusPorts", .grdb, .crypto]),
        .target(name: "TminusAttempts", dependencies: ["TminusModel", "TminusPorts", "CLinux"]),
        .target(
            name: "TminusSteps",
            dependencies: ["TminusModel", "TminusPorts", "CLinux", .httpClient, .nioCore, .nioHTTP1, .grdb, .crypto]
        ),
        .target(
            name: "TminusMetricSources",
            dependencies: [
                "TminusModel", "TminusPorts", "CLinux", "Clibpq", .grdb, .httpClient, .nioCore, .nioHTTP1,
            ]
        ),
        .target(
            name: "TminusTriggers",
            dependencies: ["TminusGit", "TminusPipeline", "TminusPorts", "TminusModel", .crypto]
        ),
        .target(name: "TminusGit", dependencies: ["Clibgit2", .crypto]),
        .target(
            name: "TminusPolicy",
            dependencies: ["TminusGit", "TminusPipeline", "TminusPorts", "TminusModel", .crypto]
        ),
        .target(name: "TminusPipeline", dependencies: ["TminusJudgement", "TminusModel", .yams, .crypto]),

        // The pure middle: no clock, no disk, no randomness, not even Foundation.
        .target(
            name: "TminusSimulation", dependencies: ["TminusCore", "TminusJudgement", "TminusModel", "TminusPorts"]),
        .target(name: "TminusCore", dependencies: ["TminusJudgement", "TminusModel"]),
        .target(name: "TminusPorts", dependencies: ["TminusModel"]),
        .target(name: "TminusJudgement", dependencies: ["TminusModel"]),
        .target(name: "TminusModel"),

        // C.
        .target(name: "CLinux"),
        .systemLibrary(
            name: "Clibgit2",
            pkgConfig: "libgit2",
            providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]
        ),
        .target(name: "Clibpq"),

        // Tests mirror Sources.
        .target(
            name: "StoreConformance",
            dependencies: ["TminusModel", "TminusPorts"],
            path: "Tests/StoreConformance"
        ),
        .target(
            name: "CountConformance",
            dependencies: ["TminusModel", "TminusPorts"],
            path: "Tests/CountConformance"
        ),
        .target(name: "RawHTTP", path: "Tests/RawHTTP"),
        .target(name: "TestClock", dependencies: ["TminusModel", "TminusPorts"], path: "Tests/TestClock"),
        .target(name: "RealServers", dependencies: ["RawHTTP"], path: "Tests/RealServers"),
        .testTarget(name: "TminusModelTests", dependencies: ["TminusModel"], resources: [.copy("Golden")]),
        .testTarget(
            name: "TminusJudgementTests",
            dependencies: ["TminusJudgement", "TminusModel"],
            resources: [.copy("Golden")]
        ),
        .testTarget(name: "TminusCoreTests", dependencies: ["TminusCore", "TminusJudgement", "TminusModel"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["TminusSimulation", "TminusCore", "TminusModel", "TminusPorts", "StoreConformance"]
        ),
        .testTarget(
            name: "TminusPipelineTests",
            dependencies: ["TminusPipeline", "TminusModel"],
            resources: [.copy("Golden")]
        ),
        .testTarget(
            name: "TminusPolicyTests",
            dependencies: ["TminusPolicy", "TminusPipeline", "TminusPorts", "TminusModel"],
            resources: [.copy("Golden")]
        ),
        .testTarget(
            name: "TminusSQLiteTests",
            dependencies: ["TminusSQLite", "TminusModel", "TminusPorts", "StoreConformance", .grdb]
        ),
        .testTarget(
            name: "TminusAttemptsTests",
            dependencies: ["TminusAttempts", "TminusModel", "TminusPorts", "CLinux", "tminus-shim"]
        ),
        .testTarget(
            name: "TminusStepsTests",
            dependencies: ["TminusSteps", "TminusModel", "TminusPorts", "RawHTTP", .grdb, .hummingbird, .nioCore]
        ),
        .testTarget(
            name: "TminusMetricSourcesTests",
            dependencies: [
                "TminusMetricSources", "TminusModel", "TminusPorts", "CountConformance", "RawHTTP", "RealServers",
                .grdb, .hummingbird, .nioCore,
            ]
        ),
        .testTarget(name: "TminusGitTests", dependencies: ["TminusGit", "RealServers"]),
        .testTarget(
            name: "TminusTriggersTests",
            dependencies: [
                "TminusTriggers", "TminusGit", "TminusPipeline", "TminusPorts", "TminusSimulation", "TminusModel",
                "TestClock", .crypto,
            ]
        ),
        .testTarget(
            name: "TminusReportsTests",
            dependencies: ["TminusReports", "TminusCore", "TminusJudgement", "TminusModel"],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "TminusServerTests",
            dependencies: [
                "TminusServer", "TminusAPI", "TminusEngine", "TminusTriggers", "TminusJudgement", "TminusSimulation",
                "TminusModel", "TminusPorts", .crypto, .httpClient, .hummingbird, .log, .lifecycle, .nioCore, .nioHTTP1,
            ]
        ),
        .testTarget(
            name: "TminusCommandsTests",
            dependencies: ["TminusCommands", "TminusEngine", "TminusReports", "TminusModel", .parser, .log]
        ),
        .testTarget(
            name: "TminusEngineTests",
            dependencies: [
                "TminusEngine", "TminusMetricSources", "TminusSimulation", "TminusCore", "TminusJudgement",
                "TminusModel", "TminusPorts", "RealServers", "TestClock",
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TminusModel", "RealServers", "tminus", "tminus-shim", "demo-shop", .crypto,
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "TminusMetricSources", "TminusAttempts", "TminusTriggers", "TminusGit", "TminusPolicy",
                "TminusPipeline", "TminusPorts", "TminusModel",
            ],
            path: "Tests/Fuzz",
            exclude: ["C", "Seeds", "LibFuzzer.swift"]
        ),
        .testTarget(name: "TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)

extension Target.Dependency {
    static let parser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let log = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let yams = product(name: "Yams", package: "Yams")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
}

for target in package.targets where target.type != .system && !["CLinux", "tminus-shim"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
        ]
}
