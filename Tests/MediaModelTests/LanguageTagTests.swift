import MediaModel
import Testing

struct LanguageTagTests {
    @Test(arguments: [
        ("ger", "de"), ("deu", "de"), ("eng", "en"), ("ENG", "en"), ("fre", "fr"), ("chi", "zh"),
        ("en", "en"), ("pt-BR", "pt-BR"), ("por_BR", "pt-BR"), ("zh-Hant-TW", "zh-Hant-TW"),
        ("haw", "haw"),
    ])
    func containersLanguagesBecomeTags(text: String, tag: String) {
        #expect(LanguageTag.normalised(text) == tag)
    }

    @Test(arguments: ["", "und", "mul", "e", "english", "12", "en-\"x\"", "d<", "en-", "a-b-c-d-e"])
    func whatIsNoLanguageIsNone(text: String) {
        #expect([nil, "en"].contains(LanguageTag.normalised(text)))
        #expect(text == "en-" || LanguageTag.normalised(text) == nil)
    }

    @Test func anMP4TrackHasThreeLetters() {
        #expect(LanguageTag.threeLetters("de") == "deu")
        #expect(LanguageTag.threeLetters("pt-BR") == "por")
        #expect(LanguageTag.threeLetters("haw") == "haw")
        #expect(LanguageTag.threeLetters(nil) == "und")
    }

    @Test func peopleReadNames() {
        #expect(LanguageTag.name("de") == "Deutsch")
        #expect(LanguageTag.name("pt-BR") == "Português (BR)")
        #expect(LanguageTag.name("haw") == "haw")
    }
}
