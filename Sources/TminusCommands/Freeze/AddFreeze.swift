package import ArgumentParser
import TminusModel
import TminusPolicy
import TminusReports

package struct AddFreeze: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Keeps steps from starting for a while, in live runs as well.",
        discussion: """
            Examples:
              tminus freeze add sale --lasts 36h --environment production --reason 'the spring sale'
              tminus freeze add nights --from 2026-12-01T22:00 --lasts 9h --repeat FREQ=DAILY --reason 'nobody is up'

            Rolling back and leaving maintenance are never frozen. It takes the right manageFreezes.
            """
    )

    @Argument(help: "A name for it: 1 to 63 letters, digits, - _ .")
    package var name: String

    @OptionGroup package var times: FreezeTimesOptions
    @OptionGroup package var scope: FreezeScope

    @Option(
        name: .customLong("change"), parsing: .singleValue,
        help: "Which class of change: standard, normal, emergency, major; repeatable. All when none is named.")
    package var changes: [String] = []

    @Option(
        name: .customLong("action"), parsing: .singleValue,
        help: """
            What it forbids: start (a run's first step), advance (later steps), approve, retry, bypass; repeatable. \
            start, advance and retry when none is named.
            """)
    package var actions: [String] = []

    @Option(
        name: .customLong("invoker"), parsing: .singleValue,
        help: "Whose runs: user, automation; repeatable. Both when none is named.")
    package var invokers: [String] = []

    @Flag(help: "The other way round: nothing may start outside of these times.")
    package var allow = false

    @Flag(name: .customLong("final"), help: "Nobody can override it.")
    package var isFinal = false

    @OptionGroup package var why: ReasonOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        do { _ = try rule(now: Instant(millisecondsSinceEpoch: 0)) } catch let failure as Failure {
            throw ValidationError(failure.description)
        }
    }

    package func run() async throws {
        try await Telling.order(.addFreeze(try rule(now: LocalTime.now)), options)
    }

    /// - Throws: what to write instead.
    func rule(now: Instant) throws -> FreezeRule {
        var rule = FreezeRule(
            name: name, reason: why.reason, kind: allow ? .allow : .deny, times: try times.times(now: now))
        rule.environments = scope.environments
        rule.services = scope.services
        rule.changes = try Self.words(changes, "--change")
        if !actions.isEmpty { rule.actions = try Self.words(actions, "--action") }
        if !invokers.isEmpty { rule.invokers = try Self.words(invokers, "--invoker") }
        rule.isOverridable = !isFinal
        if let fault = rule.fault { throw Failure(.usage, fault) }
        return rule
    }

    private static func words<Word: RawRepresentable & CaseIterable>(
        _ texts: [String], _ option: String
    ) throws -> [Word] where Word.RawValue == String {
        try texts.map { text in
            if let word = Word(rawValue: text) { return word }
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.usage, "\(option) is one of \(known), not '\(text)'")
        }
    }
}
