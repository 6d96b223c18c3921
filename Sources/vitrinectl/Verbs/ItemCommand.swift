import ArgumentParser

struct ItemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "item", abstract: "Items: uploads and what was made of them.",
        subcommands: [
            ItemListCommand.self, ItemShowCommand.self, ItemAddCommand.self,
            ItemReprocessCommand.self, ItemPlanCommand.self, ItemExplainCommand.self,
            ItemRollbackCommand.self, ItemRemoveCommand.self,
        ])
}
