package import ArgumentParser

package struct BudgetGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Shows error budgets: what is left, what releases cost, and what a policy would have held.",
        subcommands: [BudgetShow.self, ShowBudgetHistory.self, SimulateBudget.self]
    )

    package init() {}
}
