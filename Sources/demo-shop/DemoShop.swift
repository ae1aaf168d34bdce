import ArgumentParser

/// The program that the demo releases, with the small platform around it: shop, front, load generator and keeper.
@main
struct DemoShop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-shop",
        abstract: "A small real shop to release: an HTTP service with a database, a front and its traffic.",
        discussion: "Example: demo-shop serve --version v1.0.0 --port 8101 --database shop.db",
        groupedSubcommands: [
            CommandGroup(name: "Service:", subcommands: [Serve.self, Prepare.self, Backup.self, Buy.self]),
            CommandGroup(
                name: "Traffic:",
                subcommands: [Front.self, FrontState.self, Weight.self, Maintenance.self, Load.self]
            ),
            CommandGroup(name: "Platform:", subcommands: [Keeper.self, Deploy.self]),
        ]
    )
}
