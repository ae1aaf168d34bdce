import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

/// A generator with a seed, so that a failure can be seen again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct HostileInputTests {
    static let seeds: [String] = {
        let files = (try? Repository.pipelineFiles()) ?? []
        let pipelines = files.compactMap {
            try? String(contentsOf: Repository.pipelines.appending(path: $0), encoding: .utf8)
        }
        let broken = DiagnosticGoldenTests.names.compactMap {
            try? String(contentsOf: DiagnosticGoldenTests.folder.appending(path: $0 + ".yaml"), encoding: .utf8)
        }
        // Sound ones again and again, so that about half of what is mutated was sound.
        return pipelines + pipelines + pipelines + pipelines + pipelines + broken
    }()

    /// Bytes flipped, lines dropped, doubled, moved, cut, and pieces that mean something to YAML put in.
    static func mutated(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        let pieces = [
            "&a ", "*a", "- ", ": ", "? ", "{", "}", "[", "]", "|\n", ">\n", "\"", "'", "!!x ", "---\n", "\t",
            "#", "%YAML 1.1\n", "<<: *a\n", "\r", "\u{85}", "\u{2028}", "\u{FEFF}", "é", "0", "-", ",", "~", "${{",
            "\\",
        ]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[position] ^= UInt8.random(in: 1...255, using: &random)
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: position)
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...200, using: &random)))
            case 4, 5:
                var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
                let line = Int.random(in: 0..<lines.count, using: &random)
                let other = Int.random(in: 0..<lines.count, using: &random)
                if Bool.random(using: &random) { lines.remove(at: line) } else { lines.insert(lines[other], at: line) }
                bytes = Array(lines.joined(separator: [0x0A]))
            default: bytes[position] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
        }
        return bytes
    }

    @Test func fiveThousandMutatedPipelinesNeitherTrapNorHang() {
        let seed = UInt64(ProcessInfo.processInfo.environment["TMINUS_SEED"] ?? "") ?? 20_261_120
        var random = SeededGenerator(state: seed)
        var loaded = 0
        let clock = ContinuousClock()
        for round in 0..<5_000 {
            guard let text = Self.seeds.randomElement(using: &random) else { break }
            let bytes = Self.mutated(text, &random)
            let took = clock.measure {
                do throws(DiagnosticsError) {
                    let pipeline = try PipelineLoader.load(bytes: bytes, file: "p.yaml", folder: "/nowhere")
                    _ = PipelineGraph.terminal(pipeline.draft)
                    loaded += 1
                } catch {
                    if error.diagnostics.isEmpty || !error.diagnostics.contains(where: { $0.severity == .error }) {
                        Issue.record("seed \(seed), round \(round): no error among the diagnostics")
                    }
                    _ = error.description
                }
            }
            if took > .seconds(5) { Issue.record("seed \(seed), round \(round) took \(took)") }
        }
        #expect(loaded > 50, "seed \(seed): only \(loaded) loaded")
        #expect(loaded < 4_950, "seed \(seed): \(loaded) loaded")
    }

    /// Whatever text stands in a field, the plan holds those bytes or the pipeline is refused.
    @Test func hostileTextsArriveAsTheyAreOrNotAtAll() {
        let hostile = [
            "$(id)", "`id`", "; rm -rf /", "| cat", "&& id", "'", "\"", "\\", "%s%n", "../../etc/passwd", "\u{202E}x",
            "{{x}}", "$HOME", "~", "*", "!x", "日本語", "\u{1F468}\u{200D}\u{1F469}", "a\nb", "--flag", "-", "", " x ",
        ]
        for text in hostile {
            let quoted = "'" + text.replacing("'", with: "''").replacing("\n", with: "\n\n") + "'"
            let pipeline = """
                pipeline: demo
                environment: staging
                steps:
                  one:
                    run: [echo, \(quoted)]
                    env: {A: \(quoted)}
                """
            let loaded = try? PipelineLoader.load(bytes: Array(pipeline.utf8), file: "p.yaml", folder: "/nowhere")
            guard let step = loaded?.draft.steps.first, case .run(let command) = step.kind else {
                Issue.record("refused: \(text)")
                continue
            }
            #expect(command.argv == ["echo", text])
            #expect(!command.isShell)
            #expect(step.environment.map(\.value) == [text])
        }
    }
}
