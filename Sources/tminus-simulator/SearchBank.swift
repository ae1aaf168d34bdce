import ArgumentParser
import TminusSimulation

/// Looks for every planted flaw, and says where it was found.
struct SearchBank: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bank",
        abstract: "Look for every planted flaw, and print where each was found.",
        discussion: """
            Prints a table in Markdown: the flaw, whose failure it is, the first seed that shows it, the check that \
            saw it, and the seeds tried. Ends with 1 when a flaw was not found.
            Example: tminus-simulator bank --seeds 100000
            """)

    @Option(help: "How many seeds to try for each flaw.") var seeds: UInt64 = 100_000
    @Option(help: "One flaw only.") var flaw: Flaw?
    @Flag(help: "Say below the table what was broken.") var sentences = false

    func validate() throws {
        guard seeds > 0 else { throw ValidationError("--seeds must be at least 1") }
    }

    func run() throws {
        let bank = Bank(seeds: seeds)
        let flaws = flaw.map { [$0] } ?? Flaw.allCases
        print(Bank.Finding.heading)
        var findings: [Bank.Finding] = []
        for flaw in flaws {
            let finding = bank.search(flaw)
            print(finding.row)
            findings.append(finding)
        }
        let missed = findings.filter { $0.found == nil }
        print("\n\(flaws.count - missed.count) of \(flaws.count) planted flaws found within \(seeds) seeds each")
        if sentences {
            for finding in findings {
                print("\(finding.flaw.rawValue): \(finding.found?.violation.sentence ?? "not found")")
            }
        }
        if !missed.isEmpty { throw ExitCode(1) }
    }
}
