package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct ReviewGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Lists and closes the reviews that emergencies and rollbacks owe.",
        subcommands: [ListReviews.self, CloseReview.self]
    )

    package init() {}
}

package struct ListReviews: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the reviews that are open, oldest first.",
        discussion: "Example: tminus review list")

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let reply = try await Connection.use(options) { client in try await client.reviews() }
        let output = Output(options.look)
        if options.look.json { return output.print(reply) }
        let reviews = reply["reviews"]?.elements ?? []
        if reviews.isEmpty { return Output.complain("no review is open") }
        for json in reviews {
            guard let review = try? Review(json: json) else { continue }
            let late = review.due <= LocalTime.now
            output.print(
                StyledLine("\(review.name)  \(review.kind.rawValue) \(review.run)  ").appending(
                    "\(review.service) in \(review.environment)  by \(review.by)  "
                ).appending(
                    late ? "overdue since \(LocalTime.full(review.due))" : "due \(LocalTime.full(review.due))",
                    late ? .bad : .plain
                ).appending("  \(review.reason)", .faint))
        }
    }
}

package struct CloseReview: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Closes a review with what came out of it.",
        discussion: "Example: tminus review close review-3 --verdict 'the index is made beforehand from now on'")

    @Argument(help: "The review, such as review-3.")
    package var name: String

    @Option(name: .long, help: "What came out of it, for the record.")
    package var verdict: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(.closeReview(name: name, verdict: verdict), options)
    }
}
