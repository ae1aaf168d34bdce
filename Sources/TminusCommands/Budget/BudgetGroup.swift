package import ArgumentParser

package struct BudgetGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Shows error budgets.",
        subcommands: [BudgetShow.self]
    )

    package init() {}
}
