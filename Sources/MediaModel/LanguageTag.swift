/// Languages as containers name them (ISO 639-2) and as web pages do (RFC 5646).
package enum LanguageTag {
    /// ISO 639-2 with its two-letter sibling; where bibliography and terminology differ, both, the
    /// former first. <https://www.loc.gov/standards/iso639-2/php/code_list.php>
    private static let table = """
        aar=aa abk=ab afr=af aka=ak alb/sqi=sq amh=am ara=ar arg=an arm/hye=hy asm=as ava=av \
        aym=ay aze=az bak=ba bam=bm baq/eus=eu bel=be ben=bn bis=bi bos=bs bre=br bul=bg \
        bur/mya=my cat=ca cha=ch che=ce chi/zho=zh chv=cv cor=kw cos=co cre=cr cze/ces=cs dan=da \
        div=dv dut/nld=nl dzo=dz eng=en epo=eo est=et ewe=ee fao=fo fij=fj fin=fi fre/fra=fr \
        fry=fy ful=ff geo/kat=ka ger/deu=de gla=gd gle=ga glg=gl glv=gv gre/ell=el grn=gn guj=gu \
        hat=ht hau=ha heb=he her=hz hin=hi hmo=ho hrv=hr hun=hu ibo=ig ice/isl=is ido=io iii=ii \
        iku=iu ile=ie ina=ia ind=id ipk=ik ita=it jav=jv jpn=ja kal=kl kan=kn kas=ks kau=kr kaz=kk \
        khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko kua=kj kur=ku lao=lo lat=la lav=lv lim=li \
        lin=ln lit=lt ltz=lb lub=lu lug=lg mac/mkd=mk mah=mh mal=ml mao/mri=mi mar=mr may/msa=ms \
        mlg=mg mlt=mt mon=mn nau=na nav=nv nbl=nr nde=nd ndo=ng nep=ne nno=nn nob=nb nor=no nya=ny \
        oci=oc oji=oj ori=or orm=om oss=os pan=pa per/fas=fa pli=pi pol=pl por=pt pus=ps que=qu \
        roh=rm rum/ron=ro run=rn rus=ru sag=sg san=sa sin=si slo/slk=sk slv=sl sme=se smo=sm \
        sna=sn snd=sd som=so sot=st spa=es srd=sc srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta \
        tat=tt tel=te tgk=tg tgl=tl tha=th tib/bod=bo tir=ti ton=to tsn=tn tso=ts tuk=tk tur=tr \
        twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo wel/cym=cy wln=wa wol=wo xho=xh \
        yid=yi yor=yo zha=za zul=zu
        """

    private static let shortest: [Substring: Substring] = {
        var all: [Substring: Substring] = [:]
        for entry in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let parts = entry.split(separator: "=")
            for code in parts[0].split(separator: "/") { all[code] = parts[1] }
        }
        return all
    }()

    private static let longest: [Substring: Substring] = {
        var all: [Substring: Substring] = [:]
        // In MP4 the terminology's code (ISO/IEC 14496-12, 8.4.2): the last one.
        for entry in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let parts = entry.split(separator: "=")
            all[parts[1]] = parts[0].split(separator: "/").last
        }
        return all
    }()

    /// What speakers call the languages that portfolios are most often in.
    private static let names: [String: String] = [
        "ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština",
        "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English", "es": "Español",
        "et": "Eesti", "eu": "Euskara", "fa": "فارسی", "fi": "Suomi", "fr": "Français",
        "ga": "Gaeilge", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar",
        "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語",
        "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "nb": "Norsk bokmål",
        "nl": "Nederlands", "nn": "Nynorsk", "no": "Norsk", "pl": "Polski", "pt": "Português",
        "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina",
        "sr": "Српски", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe", "uk": "Українська",
        "vi": "Tiếng Việt", "zh": "中文",
    ]

    /// The tag that a container's text means, shortest form: `ger` → `de`, `pt_BR` → `pt-BR`; nil
    /// when it is none or says nothing ("und").
    package static func normalised(_ text: String) -> String? {
        let parts = text.split(whereSeparator: { $0 == "-" || $0 == "_" }).map(String.init)
        guard let first = parts.first?.lowercased(), (2...3).contains(first.utf8.count),
            first.utf8.allSatisfy({ (97...122).contains($0) }), parts.count <= 4,
            !["und", "mul", "mis", "zxx", "qaa"].contains(first)
        else { return nil }
        for part in parts.dropFirst() {
            guard (2...8).contains(part.utf8.count),
                part.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0 | 0x20) })
            else { return nil }
        }
        let primary = shortest[Substring(first)].map(String.init) ?? first
        return ([primary] + parts.dropFirst()).joined(separator: "-")
    }

    /// The three letters for an MP4 track; "und" where there are none.
    package static func threeLetters(_ tag: String?) -> String {
        guard let primary = tag?.split(separator: "-").first else { return "und" }
        return longest[primary].map(String.init)
            ?? (primary.utf8.count == 3 ? String(primary) : "und")
    }

    /// What people read: `Deutsch`, `Português (BR)`, else the tag itself.
    package static func name(_ tag: String) -> String {
        let parts = tag.split(separator: "-", maxSplits: 1).map(String.init)
        guard let first = parts.first, let name = names[first] else { return tag }
        return parts.count == 1 ? name : "\(name) (\(parts[1]))"
    }
}
