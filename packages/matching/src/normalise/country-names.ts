/**
 * Names of countries and territories in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish,
 * Czech, Swedish, Danish, Finnish and Norwegian, folded, by ISO 3166-1 code; each name once, one that two of
 * them have in none. From Unicode CLDR 48 through `Intl.DisplayNames` (long and short) of Node 24, and the
 * other names of these languages in the npm package i18n-iso-countries 7.14.0 (MIT; both read 2026-11-27).
 */
export const countryNames: string =
  "AC:ascension island|ascension|ile de lascension|isla de la ascension|isola ascensione|" +
  "ilha de ascensao|wyspa wniebowstapienia|ascensionoen|ascension saari;AD:andorra|andorre|andora|" +
  "vorstendom andorra;AE:united arab emirates|vereinigte arabische emirate|emirats arabes unis|" +
  "emiratos arabes unidos|emirati arabi uniti|verenigde arabische emiraten|emirados arabes unidos|" +
  "zjednoczone emiraty arabskie|spojene arabske emiraty|forenade arabemiraten|" +
  "de forenede arabiske emirater|arabiemiirikunnat|de forente arabiske emirater|uae|" +
  "forenede arabiske emirater;AF:afghanistan|afganistan|afeganistao|islamitisch emiraat afghanistan;" +
  "AG:antigua barbuda|antigua und barbuda|antigua et barbuda|antigua y barbuda|antigua e barbuda|" +
  "antigua en barbuda|antigua i barbuda|antigua a barbuda|antigua och barbuda|antigua og barbuda|" +
  "antigua ja barbuda|antigua and barbuda;AI:anguilla|anguila;AL:albania|albanien|albanie|" +
  "republiek albanie;AM:armenia|armenien|armenie|republiek armenie;AO:angola|republiek angola;" +
  "AQ:antarctica|antarktis|antarctique|antartida|antartide|antarktyda|antarktida|antarktyka;AR:argentina|" +
  "argentinien|argentine|argentinie|argentyna|argentiina|argentijnse republiek;AS:american samoa|" +
  "amerikanisch samoa|samoa americaines|samoa americana|samoa americane|amerikaans samoa|" +
  "samoa amerykanskie|americka samoa|amerikanska samoa|amerikansk samoa|amerikan samoa;AT:austria|" +
  "osterreich|autriche|oostenrijk|rakousko|osterrike|ostrig|itavalta|republiek oostenrijk;AU:australia|" +
  "australien|australie|gemenebest van australie;AW:aruba;AX:aland islands|alandinseln|iles aland|" +
  "islas aland|isole aland|aland|ilhas aland|wyspy alandzkie|alandy|ahvenanmaa|alandsoerne;AZ:azerbaijan|" +
  "aserbaidschan|azerbaidjan|azerbaiyan|azerbaigian|azerbeidzjan|azerbaijao|azerbejdzan|azerbajdzan|" +
  "azerbajdzjan|aserbajdsjan|azerbaidzan|republiek azerbeidzjan;BA:bosnia herzegovina|bosnia|" +
  "bosnien und herzegowina|bosnie herzegovine|bosnia y herzegovina|bosnia ed erzegovina|" +
  "bosnie en herzegovina|bosnia e herzegovina|bosnia i hercegowina|bosna a hercegovina|" +
  "bosnien och hercegovina|bosnien hercegovina|bosnia ja hertsegovina|bosnia hercegovina|" +
  "bosnia and herzegovina|bosnie herzegovina;BB:barbados|barbade;BD:bangladesh|bangladesch|banglades|" +
  "bangladesz|volksrepubliek bangladesh;BE:belgium|belgien|belgique|belgica|belgio|belgie|belgia|" +
  "koninkrijk belgie;BF:burkina faso|burquina faso;BG:bulgaria|bulgarien|bulgarie|bulgarije|bulharsko|" +
  "republiek bulgarije;BH:bahrain|bahrein|barein|bahrajn|koninkrijk bahrein;BI:burundi|republiek burundi;" +
  "BJ:benin|republiek benin|benim;BL:st barthelemy|saint barthelemy|san bartolome|sao bartolomeu|" +
  "svaty bartolomej|s t barthelemy;BM:bermuda|bermudes|bermudas|bermudy;BN:brunei|brunei darussalam|" +
  "brunej;BO:bolivia|bolivien|bolivie|boliwia|plurinationale staat bolivia;BQ:caribbean netherlands|" +
  "karibische niederlande|pays bas caribeens|caribe neerlandes|caraibi olandesi|caribisch nederland|" +
  "paises baixos caribenhos|niderlandy karaibskie|karibske nizozemsko|karibiska nederlanderna|" +
  "de tidligere nederlandske antiller|karibian alankomaat|karibisk nederland|" +
  "bonaire sint eustatius and saba|bonaire|bonaire saint eustache et saba|bonaire san eustaquio y saba|" +
  "isole bes|bonaire sint eustatius en saba|bonaire sint eustatius i saba|bonaire svaty eustach a saba|" +
  "bonaire saint eustatius och saba|nederlandske antiller|bonaire sint eustatius ja saba;BR:brazil|" +
  "brasilien|bresil|brasil|brasile|brazilie|brazylia|brasilia|federale republiek brazilie;BS:bahamas|" +
  "bahamy|bahama|gemenebest van de bahamas;BT:bhutan|bhoutan|butan|butao|koninkrijk bhutan;" +
  "BV:bouvet island|bouvetinsel|ile bouvet|isla bouvet|isola bouvet|bouveteiland|ilha bouvet|" +
  "wyspa bouveta|bouvetuv ostrov|bouveton|bouvetoen|bouvetnsaari|bouvetoya|bouvet eiland;BW:botswana|" +
  "botsuana|republiek botswana;BY:belarus|bielorussie|bielorrusia|bielorussia|bielorrussia|bialorus|" +
  "belorusko|valko venaja|republiek wit rusland|wit rusland|hviderusland|hviterussland;BZ:belize|belice;" +
  "CA:canada|kanada;CC:cocos keeling islands|cocos islands|kokosinseln|iles cocos|islas cocos|" +
  "isole cocos keeling|cocoseilanden|ilhas cocos keeling|wyspy kokosowe|kokosove ostrovy|kokosoarna|" +
  "cocosoerne|kookossaaret keelingsaaret|kokosoyene|islas cocos keeling|isole cocos e keeling|" +
  "kookossaaret;CD:congo kinshasa|kongo kinshasa|republica democratica del congo|" +
  "demokratyczna republika konga|kongon demokraattinen tasavalta|democratic republic of the congo|" +
  "republique democratique du congo|congo republica democratica del|repubblica democratica del congo|" +
  "democratische republiek congo|republica popular do congo|demokraticka republika kongo|" +
  "demokratiska republiken kongo|demokratiske republik congo;CF:central african republic|" +
  "zentralafrikanische republik|republique centrafricaine|republica centroafricana|" +
  "repubblica centrafricana|centraal afrikaanse republiek|republica centro africana|" +
  "republika srodkowoafrykanska|stredoafricka republika|centralafrikanska republiken|" +
  "den centralafrikanske republik|keski afrikan tasavalta|den sentralafrikanske republikk;" +
  "CG:congo brazzaville|kongo brazzaville|congo|republica do congo|kongon tasavalta|" +
  "republic of the congo|republik kongo|republique du congo|repubblica del congo|republiek congo|" +
  "republica democratica do congo;CH:switzerland|schweiz|suisse|suiza|svizzera|zwitserland|suica|" +
  "szwajcaria|svycarsko|sveitsi|sveits|zwitserse bondsstaat;CI:cote divoire|costa davorio|ivoorkust|" +
  "costa do marfim|pobrezi slonoviny|elfenbenskusten|elfenbenskysten|norsunluurannikko|ivory coast|" +
  "elfenbeinkuste|costa de marfil|republiek ivoorkust|wybrzeze kosci sloniowej;CK:cook islands|" +
  "cookinseln|iles cook|islas cook|isole cook|cookeilanden|ilhas cook|wyspy cooka|cookovy ostrovy|" +
  "cookoarna|cookoerne|cookinsaaret|cookoyene;CL:chile|chili|cile|republiek chili;CM:cameroon|kamerun|" +
  "cameroun|camerun|kameroen|camaroes|republiek kameroen;CN:china|chine|cina|chiny|kina|kiina|" +
  "peoples republic of china|volksrepubliek china;CO:colombia|kolumbien|colombie|kolumbia|kolumbie|" +
  "republiek colombia;CR:costa rica|kostaryka|kostarika|republiek costa rica;CU:cuba|kuba|kuuba|" +
  "republiek cuba;CV:cape verde|cabo verde|cap vert|capo verde|kaapverdie|republika zielonego przyladka|" +
  "kapverdy|kap verde|kapp verde|republiek kaapverdie;CW:curacao|curazao;CX:christmas island|" +
  "weihnachtsinsel|ile christmas|isla de navidad|isola christmas|christmaseiland|ilha christmas|" +
  "wyspa bozego narodzenia|vanocni ostrov|julon|juleoen|joulusaari|christmasoya|isola del natale|" +
  "kersteiland|ilha de natal|juloen;CY:cyprus|zypern|chypre|chipre|cipro|cypr|kypr|cypern|kypros|" +
  "republiek cyprus;CZ:czechia|tschechien|tchequie|chequia|cechia|tsjechie|tchequia|czechy|cesko|" +
  "tjeckien|tjekkiet|tsekki|tsjekkia|czech republic|tschechische republik|republique tcheque|" +
  "republica checa|repubblica ceca|tsjechische republiek|ceska republika;DE:germany|deutschland|" +
  "allemagne|alemania|germania|duitsland|alemanha|niemcy|nemecko|tyskland|saksa|bondsrepubliek duitsland;" +
  "DJ:djibouti|dschibuti|yibuti|gibuti|djibuti|dzibuti|dzibutsko|republiek djibouti;DK:denmark|danemark|" +
  "dinamarca|danimarca|denemarken|dania|dansko|danmark|tanska|koninkrijk denemarken;DM:dominica|" +
  "dominique|dominika|gemenebest dominica;DO:dominican republic|dominikanische republik|" +
  "republique dominicaine|republica dominicana|repubblica dominicana|dominicaanse republiek|dominikana|" +
  "dominikanska republika|dominikanska republiken|den dominikanske republik|dominikaaninen tasavalta|" +
  "den dominikanske republikk|dominikanske republik;DZ:algeria|algerien|algerie|argelia|algerije|" +
  "algieria|alzirsko|algeriet|democratische volksrepubliek algerije;EC:ecuador|equateur|equador|ekwador|" +
  "ekvador|republiek ecuador;EE:estonia|estland|estonie|estonsko|viro|republiek estland;EG:egypt|agypten|" +
  "egypte|egipto|egitto|egito|egipt|egypten|egypti|arabische republiek egypte;EH:western sahara|" +
  "westsahara|sahara occidental|sahara occidentale|westelijke sahara|saara ocidental|sahara zachodnia|" +
  "zapadni sahara|vastsahara|vestsahara|lansi sahara|vest sahara;ER:eritrea|erythree|eritreia|erytrea|" +
  "staat eritrea;ES:spain|spanien|espagne|espana|spagna|spanje|espanha|hiszpania|spanelsko|espanja|" +
  "spania|koninkrijk spanje;ET:ethiopia|athiopien|ethiopie|etiopia|etiopie|etiopien|" +
  "federale democratische republiek ethiopie;FI:finland|finnland|finlande|finlandia|finsko|suomi|" +
  "republiek finland;FJ:fiji|fidschi|fidji|fiyi|figi|fidzi|republiek fiji;FK:falkland islands|" +
  "falklandinseln|iles malouines|islas malvinas|isole falkland|falklandeilanden|ilhas malvinas|falklandy|" +
  "falklandske ostrovy|falklandsoarna|falklandsoerne|falklandinsaaret|falklandsoyene|" +
  "falkland islands malvinas|falklandy malviny;FM:micronesia|mikronesien|micronesie|mikronezja|" +
  "mikronesie|mikronesia|mikronesiafoderasjonen|micronesia federated states of|" +
  "stati federati di micronesia|federale staten van micronesie|mikronesiska federationen|" +
  "mikronesian liittovaltio;FO:faroe islands|faroer|iles feroe|islas feroe|isole faer oer|faeroer|" +
  "ilhas faroe|wyspy owcze|faerske ostrovy|faroarna|faeroerne|farsaaret|faeroyene;FR:france|frankreich|" +
  "francia|frankrijk|franca|francja|francie|frankrike|frankrig|ranska|franse republiek;GA:gabon|gabun|" +
  "gabao|republiek gabon;GB:united kingdom|vereinigtes konigreich|royaume uni|reino unido|regno unito|" +
  "verenigd koninkrijk|wielka brytania|wlk bryt|spojene kralovstvi|storbritannien|iso britannia|" +
  "britannia|storbritannia|great britain|grossbritannien|" +
  "verenigd koninkrijk van groot brittannie en noord ierland|yhdistynyt kuningaskunta;GD:grenada|grenade|" +
  "granada;GE:georgia|georgien|georgie|gruzja|gruzie;GF:french guiana|franzosisch guayana|" +
  "guyane francaise|guayana francesa|guyana francese|frans guyana|guiana francesa|gujana francuska|" +
  "francouzska guyana|franska guyana|fransk guyana|ranskan guayana|fransk guiana;GG:guernsey|guernesey;" +
  "GH:ghana|gana|republiek ghana;GI:gibraltar|gibilterra;GL:greenland|gronland|groenland|groenlandia|" +
  "grenlandia|gronsko|gronlanti|gronelandia;GM:gambia|gambie|republic of the gambia|the gambia|" +
  "republiek gambia;GN:guinea|guinee|guine|gwinea|republiek guinee;GP:guadeloupe|guadalupe|guadalupa|" +
  "gwadelupa;GQ:equatorial guinea|aquatorialguinea|guinee equatoriale|guinea ecuatorial|" +
  "guinea equatoriale|equatoriaal guinea|guine equatorial|gwinea rownikowa|rovnikova guinea|" +
  "ekvatorialguinea|aekvatorialguinea|paivantasaajan guinea|ekvatorial guinea|" +
  "republiek equatoriaal guinea;GR:greece|griechenland|grece|grecia|griekenland|grecja|recko|grekland|" +
  "graekenland|kreikka|hellas|helleense republiek;GS:south georgia south sandwich islands|" +
  "sudgeorgien und die sudlichen sandwichinseln|georgie du sud et les iles sandwich du sud|" +
  "islas georgia del sur y sandwich del sur|georgia del sud e sandwich australi|" +
  "zuid georgia en zuidelijke sandwicheilanden|ilhas georgia do sul e sandwich do sul|" +
  "georgia poludniowa i sandwich poludniowy|jizni georgie a jizni sandwichovy ostrovy|" +
  "sydgeorgien och sydsandwichoarna|south georgia og de sydlige sandwichoer|" +
  "etela georgia ja etelaiset sandwichinsaaret|sor georgia og sor sandwichoyene|" +
  "south georgia and the south sandwich islands|georgia del sur y las islas sandwich del sur|" +
  "georgia del sud e isole sandwich meridionali|zuid georgia en de zuidelijke sandwicheilanden|" +
  "georgia do sul e ilhas sandwich do sul|south georgia og south sandwich islands|" +
  "etela georgia ja etelaiset sandwichsaaret;GT:guatemala|gwatemala|republiek guatemala;GU:guam;" +
  "GW:guinea bissau|guinee bissau|guinea bisau|guine bissau|gwinea bissau|republiek guinee bissau;" +
  "GY:guyana|guiana|gujana|cooperatieve republiek guyana;HK:hong kong sar china|hong kong|" +
  "sonderverwaltungsregion hongkong|hongkong|r a s chinoise de hong kong|rae de hong kong china|" +
  "ras di hong kong|hongkong sar van china|hong kong rae da china|sra hongkong chiny|hongkong zao ciny|" +
  "hongkong sar|sar hongkong|hongkong kiinan erityishallintoalue|hongkong sar kina;" +
  "HM:heard mcdonald islands|heard und mcdonaldinseln|iles heard et macdonald|islas heard y mcdonald|" +
  "isole heard e mcdonald|heard en mcdonaldeilanden|ilhas heard e mcdonald|wyspy heard i mcdonalda|" +
  "hearduv ostrov a mcdonaldovy ostrovy|heardon och mcdonaldoarna|heard island og mcdonald islands|" +
  "heard ja mcdonaldinsaaret|heard og mcdonaldoyene|heard island and mcdonald islands|" +
  "heard e islas mcdonald|ilha heard e ilhas mcdonald|heard och mcdonaldsoarna|" +
  "heard oen og mcdonald oerne;HN:honduras|republiek honduras;HR:croatia|kroatien|croatie|croacia|" +
  "croazia|kroatie|chorwacja|chorvatsko|kroatia|republiek kroatie;HT:haiti|republiek haiti;HU:hungary|" +
  "ungarn|hongrie|hungria|ungheria|hongarije|wegry|madarsko|ungern|unkari|hongaarse republiek;" +
  "ID:indonesia|indonesien|indonesie|indonezja|republiek indonesie;IE:ireland|irland|irlande|irlanda|" +
  "ierland|irlandia|irsko|irlanti|ierse republiek;IL:israel|israele|izrael|staat israel;IM:isle of man|" +
  "ile de man|isla de man|isola di man|ilha de man|wyspa man|ostrov man|mansaari|man|insel man|" +
  "man eiland;IN:india|indien|inde|indie|intia|republiek india;IO:british indian ocean territory|" +
  "britisches territorium im indischen ozean|territoire britannique de locean indien|" +
  "territorio britanico del oceano indico|territorio britannico delloceano indiano|" +
  "brits indische oceaanterritorium|territorio britanico do oceano indico|" +
  "brytyjskie terytorium oceanu indyjskiego|britske indickooceanske uzemi|" +
  "brittiska territoriet i indiska oceanen|det britiske territorium i det indiske ocean|" +
  "brittilainen intian valtameren alue|det britiske territoriet i indiahavet|ocean indien britannique|" +
  "territori britannici delloceano indiano|brits indische oceaan;IQ:iraq|irak|iraque|republiek irak;" +
  "IR:iran|ira|islamic republic of iran|republica islamica de iran|islamitische republiek iran|irao;" +
  "IS:iceland|island|islande|islandia|islanda|ijsland|islanti|ijslandse republiek;IT:italy|italien|" +
  "italie|italia|wlochy|italiaanse republiek;JE:jersey;JM:jamaica|jamaika|jamaique|giamaica|jamajka;" +
  "JO:jordan|jordanien|jordanie|jordania|giordania|jordansko|hasjemitisch koninkrijk jordanie;JP:japan|" +
  "japon|giappone|japao|japonia|japonsko|japani;KE:kenya|kenia|quenia|kena|republiek kenia;KG:kyrgyzstan|" +
  "kirgisistan|kirghizstan|kirguistan|kirghizistan|kirgizie|quirguistao|kirgistan|kirgizistan|kirgisia|" +
  "kirgizische republiek;KH:cambodia|kambodscha|cambodge|camboya|cambogia|cambodja|camboja|kambodza|" +
  "kambodja|kambodsja|koninkrijk cambodja;KI:kiribati|quiribati|republiek kiribati;KM:comoros|komoren|" +
  "comores|comoras|comore|comoren|komory|komorerna|comorerne|komorit|komorene|unie der comoren;" +
  "KN:st kitts nevis|st kitts und nevis|saint christophe et nieves|san cristobal y nieves|" +
  "saint kitts e nevis|saint kitts en nevis|sao cristovao e nevis|saint kitts i nevis|" +
  "svaty krystof a nevis|s t kitts och nevis|saint kitts og nevis|saint kitts ja nevis|" +
  "saint kitts and nevis|saint kitts y nevis|federatie saint kitts en nevis|sao cristovao e neves|" +
  "saint kitts och nevis;KP:north korea|nordkorea|coree du nord|corea del norte|corea del nord|" +
  "noord korea|coreia do norte|korea polnocna|severni korea|pohjois korea|nord korea|" +
  "republica popular democratica de corea|democratische volksrepubliek korea|" +
  "korean demokraattinen kansantasavalta;KR:south korea|sudkorea|coree du sud|corea del sur|" +
  "corea del sud|zuid korea|coreia do sul|korea poludniowa|jizni korea|sydkorea|etela korea|sor korea|" +
  "korea republic of|republic of korea|republica de corea|republiek korea|korean tasavalta;KW:kuwait|" +
  "koweit|koeweit|kuwejt|kuvajt|staat koeweit;KY:cayman islands|kaimaninseln|iles caimans|islas caiman|" +
  "isole cayman|kaaimaneilanden|ilhas cayman|kajmany|kajmanske ostrovy|caymanoarna|caymanoerne|" +
  "caymansaaret|caymanoyene|ilhas caimao;KZ:kazakhstan|kasachstan|kazajistan|kazakistan|kazachstan|" +
  "cazaquistao|kazakstan|kasakhstan|republiek kazachstan;LA:laos|lao peoples democratic republic|" +
  "republica democratica popular de lao|lao democratische volksrepubliek;LB:lebanon|libanon|liban|libano|" +
  "libanese republiek;LC:st lucia|sainte lucie|santa lucia|saint lucia|svata lucie|s t lucia;" +
  "LI:liechtenstein|lichtenstejnsko|vorstendom liechtenstein;LK:sri lanka|" +
  "democratische socialistische republiek sri lanka;LR:liberia|liberie|republiek liberia;LS:lesotho|" +
  "lesoto|koninkrijk lesotho;LT:lithuania|litauen|lituanie|lituania|litouwen|litwa|litva|liettua|" +
  "republiek litouwen;LU:luxembourg|luxemburg|luxemburgo|lussemburgo|luksemburg|lucembursko|" +
  "groothertogdom luxemburg;LV:latvia|lettland|lettonie|letonia|lettonia|letland|lotwa|lotyssko|" +
  "republiek letland;LY:libya|libyen|libye|libia|libie|staat libie;MA:morocco|marokko|maroc|marruecos|" +
  "marocco|marrocos|maroko|marocko|koninkrijk marokko;MC:monaco|monako|vorstendom monaco;MD:moldova|" +
  "republik moldau|moldavie|moldavia|moldawia|moldavsko|moldavien|moldova republic of|moldawien|" +
  "republiek moldavie;ME:montenegro|czarnogora|cerna hora;MF:st martin|saint martin|san martin|" +
  "sao martinho|svaty martin francie|saint martin french part|saint martin partie francaise|" +
  "saint martin francesa|sint maarten frans deel|sint maarten franse antillen|" +
  "collectiviteit van sint maarten|svaty martin francouzska cast|saint martin franska delen|" +
  "saint martin fransk side;MG:madagascar|madagaskar|republiek madagaskar;MH:marshall islands|" +
  "marshallinseln|iles marshall|islas marshall|isole marshall|marshalleilanden|ilhas marshall|" +
  "wyspy marshalla|marshallovy ostrovy|marshalloarna|marshalloerne|marshallinsaaret|marshalloyene|" +
  "republiek der marshalleilanden;MK:north macedonia|nordmazedonien|macedoine du nord|" +
  "macedonia del norte|macedonia del nord|noord macedonie|macedonia do norte|macedonia polnocna|" +
  "severni makedonie|nordmakedonien|pohjois makedonia|nord makedonia|the republic of north macedonia|" +
  "republiek noord macedonie;ML:mali|republiek mali;MM:myanmar burma|myanmar|myanmar birmanie|" +
  "myanmar birmania|myanmar birma|mianmar birmania|mjanma birma|myanmar barma|birmania myanmar|" +
  "republiek van de unie van myanmar|mjanma|burma;MN:mongolia|mongolei|mongolie|mongolsko|mongoliet;" +
  "MO:macao sar china|macao|sonderverwaltungsregion macau|macau|r a s chinoise de macao|" +
  "rae de macao china|ras di macao|macau sar van china|macau rae da china|sra makau chiny|makau|" +
  "macao zao ciny|macao sar|sar macao|macao kiinan erityishallintoalue|macao sar kina;" +
  "MP:northern mariana islands|nordliche marianen|iles mariannes du nord|islas marianas del norte|" +
  "isole marianne settentrionali|noordelijke marianen|ilhas marianas do norte|mariany polnocne|" +
  "severni mariany|nordmarianerna|nordmarianerne|pohjois mariaanit|nord marianene;MQ:martinique|" +
  "martinica|martynika|martinik;MR:mauritania|mauretanien|mauritanie|mauretania|" +
  "islamitische republiek mauritanie;MS:montserrat|monserrate;MT:malta|malte|republiek malta;" +
  "MU:mauritius|maurice|mauricio|mauricius|republiek mauritius|mauricia;MV:maldives|malediven|maldivas|" +
  "maldive|maldiven|malediwy|maledivy|maldiverna|maldiverne|malediivit|maldivene|republiek der maldiven;" +
  "MW:malawi|malaui|republiek malawi;MX:mexico|mexiko|mexique|messico|meksyk|meksiko|" +
  "verenigde mexicaanse staten;MY:malaysia|malaisie|malasia|maleisie|malezja|malajsie|malesia;" +
  "MZ:mozambique|mosambik|mozambico|mocambique|mozambik|republiek mozambique;NA:namibia|namibie|" +
  "republiek namibie;NC:new caledonia|neukaledonien|nouvelle caledonie|nueva caledonia|nuova caledonia|" +
  "nieuw caledonie|nova caledonia|nowa kaledonia|nova kaledonie|nya kaledonien|ny kaledonien|" +
  "uusi kaledonia|ny caledonia;NE:niger|republiek niger;NF:norfolk island|norfolkinsel|ile norfolk|" +
  "isla norfolk|isola norfolk|norfolk|ilha norfolk|norfolkon|norfolkinsaari|norfolkoya;NG:nigeria|" +
  "nigerie|federale republiek nigeria;NI:nicaragua|nikaragua|republiek nicaragua;NL:netherlands|" +
  "niederlande|pays bas|paises bajos|paesi bassi|nederland|paises baixos|holandia|nizozemsko|" +
  "nederlanderna|nederlandene|alankomaat|the netherlands|netherlands kingdom of the|" +
  "koninkrijk der nederlanden|holland;NO:norway|norwegen|norvege|noruega|norvegia|noorwegen|norwegia|" +
  "norsko|norge|norja|koninkrijk noorwegen;NP:nepal|federale democratische republiek nepal;NR:nauru|" +
  "republiek nauru;NU:niue;NZ:new zealand|neuseeland|nouvelle zelande|nueva zelanda|nuova zelanda|" +
  "nieuw zeeland|nova zelandia|nowa zelandia|novy zeland|nya zeeland|uusi seelanti;OM:oman|oma|" +
  "sultanaat oman;PA:panama|republiek panama;PE:peru|perou|republiek peru;PF:french polynesia|" +
  "franzosisch polynesien|polynesie francaise|polinesia francesa|polinesia francese|frans polynesie|" +
  "polinezja francuska|francouzska polynesie|franska polynesien|fransk polynesien|ranskan polynesia|" +
  "fransk polynesia;PG:papua new guinea|papua neuguinea|papouasie nouvelle guinee|papua nueva guinea|" +
  "papua nuova guinea|papoea nieuw guinea|papua nova guine|papua nowa gwinea|papua nova guinea|" +
  "papua nya guinea|papua ny guinea|papua uusi guinea|onafhankelijke staat papoea nieuw guinea;" +
  "PH:philippines|philippinen|filipinas|filippine|filipijnen|filipiny|filippinerna|filippinerne|" +
  "filippiinit|filippinene|republiek der filipijnen;PK:pakistan|paquistao|" +
  "islamitische republiek pakistan;PL:poland|polen|pologne|polonia|polska|polsko|puola|republiek polen;" +
  "PM:st pierre miquelon|st pierre und miquelon|saint pierre et miquelon|san pedro y miquelon|" +
  "saint pierre e miquelon|saint pierre en miquelon|sao pedro e miquelao|saint pierre i miquelon|" +
  "saint pierre a miquelon|s t pierre och miquelon|saint pierre og miquelon|saint pierre ja miquelon|" +
  "saint pierre and miquelon|saint pierre und miquelon|saint pierre och miquelon;PN:pitcairn islands|" +
  "pitcairn|pitcairninseln|iles pitcairn|islas pitcairn|isole pitcairn|pitcairneilanden|ilhas pitcairn|" +
  "pitcairnovy ostrovy|pitcairnoarna|pitcairnoyene;PR:puerto rico|porto rico|portorico|portoryko|" +
  "portoriko;PS:palestinian territories|palestine|palastinensische autonomiegebiete|palastina|" +
  "territoires palestiniens|territorios palestinos|palestina|territori palestinesi|palestijnse gebieden|" +
  "terytoria palestynskie|palestyna|palestinska uzemi|palestinska territorierna|" +
  "de palaestinensiske omrader|palaestina|palestiinalaisalue|palestiina|det palestinske omradet|" +
  "state of palestine|staat palastina|stato di palestina|staat palestina|palestinska autonomie|" +
  "palestinska territoriet ockuperade;PT:portugal|portogallo|portugalia|portugalsko|portugali|" +
  "portugese republiek;PW:palau|palaos|republiek palau;PY:paraguay|paraguai|paragwaj|republiek paraguay;" +
  "QA:qatar|katar|catar|staat qatar;RE:reunion|la reunion|riunione|reuniao;RO:romania|rumanien|roumanie|" +
  "rumania|roemenie|romenia|rumunia|rumunsko|rumaenien|roemeense republiek;RS:serbia|serbien|serbie|" +
  "servie|servia|srbsko|republiek servie;RU:russia|russland|russie|rusia|rusland|rosja|rusko|ryssland|" +
  "venaja|russian federation|russische foderation|russische federatie;RW:rwanda|ruanda|republiek rwanda;" +
  "SA:saudi arabia|saudi arabien|arabie saoudite|arabia saudi|arabia saudita|saoedi arabie|" +
  "arabia saudyjska|saudska arabie|saudiarabien|koninkrijk saudi arabie|saudi arabie;SB:solomon islands|" +
  "salomonen|iles salomon|islas salomon|isole salomone|salomonseilanden|ilhas salomao|wyspy salomona|" +
  "salamounovy ostrovy|salomonoarna|salomonoerne|salomonsaaret|salomonoyene;SC:seychelles|seychellen|" +
  "seicheles|seszele|seychely|seychellerna|seychellerne|seychellit|seychellene|republiek der seychellen;" +
  "SD:sudan|soudan|soedan|sudao|republiek soedan;SE:sweden|schweden|suede|suecia|svezia|zweden|szwecja|" +
  "svedsko|sverige|ruotsi|koninkrijk zweden;SG:singapore|singapur|singapour|singapura|" +
  "republiek singapore;SH:st helena|sainte helene|santa elena|santelena|sint helena|santa helena|" +
  "wyspa swietej heleny|svata helena|s t helena|saint helena|santa helena ascension y tristan de acuna|" +
  "santelena isola di ascensione e tristan da cunha|" +
  "wyspa swietej heleny wyspa wniebowstapienia i tristan da cunha|" +
  "svata helena ascension a tristan da cunha|sankta helena|sankt helena;SI:slovenia|slowenien|slovenie|" +
  "eslovenia|slowenia|slovinsko|slovenien|republiek slovenie;SJ:svalbard jan mayen|" +
  "spitzbergen und jan mayen|svalbard et jan mayen|svalbard y jan mayen|svalbard e jan mayen|" +
  "spitsbergen en jan mayen|svalbard i jan mayen|spicberky a jan mayen|svalbard och jan mayen|" +
  "svalbard og jan mayen|huippuvuoret ja jan mayen|svalbard and jan mayen|svalbard und jan mayen|" +
  "svalbard et ile jan mayen|norge svalbard og jan mayen|svalbard ja jan mayen;SK:slovakia|slowakei|" +
  "slovaquie|eslovaquia|slovacchia|slowakije|slowacja|slovensko|slovakien|slovakiet|slowaakse republiek;" +
  "SL:sierra leone|sierra leona|serra leoa|republiek sierra leone;SM:san marino|saint marin|" +
  "republiek san marino;SN:senegal|republiek senegal;SO:somalia|somalie|somalsko|" +
  "federale republiek somalie;SR:suriname|surinam|republiek suriname;SS:south sudan|sudsudan|" +
  "soudan du sud|sudan del sur|sud sudan|zuid soedan|sudao do sul|sudan poludniowy|jizni sudan|sydsudan|" +
  "etela sudan|sor sudan|sudan del sud|republiek zuid soedan;ST:sao tome principe|sao tome und principe|" +
  "sao tome et principe|santo tome y principe|sao tome e principe|sao tome en principe|" +
  "wyspy swietego tomasza i ksiazeca|svaty tomas a princuv ostrov|sao tome och principe|" +
  "sao tome og principe|sao tome ja principe|sao tome and principe|" +
  "democratische republiek sao tome en principe;SV:el salvador|salvador|salwador|republiek el salvador;" +
  "SX:sint maarten|saint martin partie neerlandaise|svaty martin nizozemsko|sint maarten dutch part|" +
  "sint maarten neerlandesa|sint maarten nederlands deel|land sint maarten|svaty martin nizozemska cast|" +
  "sint maarten nederlandska delen|saint martin hollandsk side;SY:syria|syrien|syrie|siria|syyria|" +
  "syrian arab republic|syrien arabische republik|republica arabe siria|syrische arabische republiek;" +
  "SZ:eswatini|esuatini|essuatini|royaume deswatini|koninkrijk eswatini|swaziland|svazijsko|swazimaa;" +
  "TA:tristan da cunha|tristan de acuna|tristao da cunha;TC:turks caicos islands|turks und caicosinseln|" +
  "iles turques et caiques|islas turcas y caicos|isole turks e caicos|turks en caicoseilanden|" +
  "ilhas turcas e caicos|turks i caicos|turks a caicos|turks och caicosoarna|turks og caicosoerne|" +
  "turks ja caicossaaret|turks og caicosoyene|turks and caicos islands;TD:chad|tschad|tchad|ciad|tsjaad|" +
  "chade|czad|cad|tsad|tsjad|republiek tsjaad;TF:french southern territories|" +
  "franzosische sud und antarktisgebiete|terres australes francaises|territorios australes franceses|" +
  "terre australi francesi|franse gebieden in de zuidelijke indische oceaan|territorios franceses do sul|" +
  "francuskie terytoria poludniowe i antarktyczne|francouzska jizni uzemi|franska sydterritorierna|" +
  "de franske besiddelser i det sydlige indiske ocean og antarktis|" +
  "ranskan etelaiset ja antarktiset alueet|de franske sorterritorier|tierras australes francesas|" +
  "territori francesi del sud|franse zuidelijke gebieden|terras austrais e antarticas francesas|" +
  "francouzska jizni a antarkticka uzemi|franska sodra territorierna|franske sydterritorier|" +
  "ranskan etelaiset alueet;TG:togo|togolese republiek;TH:thailand|thailande|tailandia|thailandia|" +
  "tajlandia|thajsko|thaimaa|koninkrijk thailand;TJ:tajikistan|tadschikistan|tadjikistan|tayikistan|" +
  "tagikistan|tadzjikistan|tadjiquistao|tadzykistan|tadzikistan|tadsjikistan|republiek tadzjikistan|" +
  "tajiquistao;TK:tokelau|tokelauoarna;TL:timor leste|timor oriental|timor est|oost timor|timor wschodni|" +
  "vychodni timor|osttimor|ita timor|ost timor|democratische republiek timor leste;TM:turkmenistan|" +
  "turcomenistao|turkmeense republiek|turquemenistao;TN:tunisia|tunesien|tunisie|tunez|tunesie|tunezja|" +
  "tunisko|tunisien|republiek tunesie;TO:tonga|koninkrijk tonga;TR:turkiye|turkei|turquie|turquia|" +
  "turchia|turkije|turcja|turecko|turkiet|tyrkiet|turkki|tyrkia|turkey|republiek turkije;" +
  "TT:trinidad tobago|trinidad und tobago|trinite et tobago|trinidad y tobago|trinidad e tobago|" +
  "trinidad en tobago|trynidad i tobago|trinidad a tobago|trinidad och tobago|trinidad og tobago|" +
  "trinidad ja tobago|trinidad and tobago|republiek trinidad en tobago|trindade e tobago;TV:tuvalu;" +
  "TW:taiwan|tajwan|tchaj wan|taiwan province of china|repubblica di cina|republikken kina taiwan;" +
  "TZ:tanzania|tansania|tanzanie|united republic of tanzania|tansania vereinigte republik|" +
  "republique unie de tanzanie|verenigde republiek tanzania;UA:ukraine|ucrania|ucraina|oekraine|ukraina|" +
  "ukrajina;UG:uganda|ouganda|oeganda|republiek oeganda;UM:u s outlying islands|" +
  "amerikanische uberseeinseln|iles mineures eloignees des etats unis|islas menores alejadas de ee uu|" +
  "isole minori esterne degli stati uniti|kleine afgelegen eilanden van de verenigde staten|" +
  "ilhas menores distantes dos eua|dalekie wyspy mniejsze stanow zjednoczonych|mensi odlehle ostrovy usa|" +
  "usa s yttre oar|amerikanske oversoiske oer|yhdysvaltain erillissaaret|usas ytre oyer|" +
  "united states minor outlying islands|islas ultramarinas menores de los estados unidos|" +
  "amerikaanse kleinere afgelegen eilanden|ilhas distantes dos eua|usas ydre smaoer|" +
  "yhdysvaltain pienet erillissaaret;US:united states|vereinigte staaten|usa|etats unis|estados unidos|" +
  "ee uu|stati uniti|verenigde staten|eua|stany zjednoczone|spojene staty|yhdysvallat|" +
  "united states of america|u s a|vereinigte staaten von amerika|etats unis damerique|" +
  "stati uniti damerica|verenigde staten van amerika|estados unidos da america|spojene staty americke;" +
  "UY:uruguay|uruguai|urugwaj|oostelijke republiek uruguay;UZ:uzbekistan|usbekistan|ouzbekistan|" +
  "oezbekistan|uzbequistao|republiek oezbekistan;VA:vatican city|vatikanstadt|etat de la cite du vatican|" +
  "ciudad del vaticano|citta del vaticano|vaticaanstad|cidade do vaticano|watykan|vatikan|vatikanstaten|" +
  "vatikaani|holy see vatican city state|saint siege vatican|santa sede|santa se|vatikaanivaltio;" +
  "VC:st vincent grenadines|st vincent und die grenadinen|saint vincent et les grenadines|" +
  "san vicente y las granadinas|saint vincent e grenadine|saint vincent en de grenadines|" +
  "sao vicente e granadinas|saint vincent i grenadyny|svaty vincenc a grenadiny|" +
  "s t vincent och grenadinerna|saint vincent og grenadinerne|saint vincent ja grenadiinit|" +
  "st vincent og grenadinene|saint vincent and the grenadines|saint vincent och grenadinerna;" +
  "VE:venezuela|wenezuela|bolivariaanse republiek venezuela;VG:british virgin islands|" +
  "britische jungferninseln|iles vierges britanniques|islas virgenes britanicas|" +
  "isole vergini britanniche|britse maagdeneilanden|ilhas virgens britanicas|brytyjskie wyspy dziewicze|" +
  "britske panenske ostrovy|brittiska jungfruoarna|de britiske jomfruoer|brittilaiset neitsytsaaret|" +
  "de britiske jomfruoyene|virgin islands british|britiske jomfruoer;VI:u s virgin islands|" +
  "amerikanische jungferninseln|iles vierges des etats unis|islas virgenes de ee uu|" +
  "isole vergini americane|amerikaanse maagdeneilanden|ilhas virgens americanas|" +
  "wyspy dziewicze stanow zjednoczonych|americke panenske ostrovy|amerikanska jungfruoarna|" +
  "de amerikanske jomfruoer|yhdysvaltain neitsytsaaret|de amerikanske jomfruoyene|virgin islands u s|" +
  "iles vierges americaines|islas virgenes de los estados unidos|amerikanske jomfruoer;VN:vietnam|" +
  "viet nam|vietna|wietnam|socialistische republiek vietnam|vietname;VU:vanuatu|republiek vanuatu;" +
  "WF:wallis futuna|wallis und futuna|wallis et futuna|wallis y futuna|wallis e futuna|wallis en futuna|" +
  "wallis i futuna|wallis a futuna|wallis och futunaoarna|wallis og futuna|wallis ja futuna|" +
  "wallis and futuna|wallis ja futunasaaret;WS:samoa|onafhankelijke staat samoa;XK:kosovo|kosowo|" +
  "republiek kosovo;YE:yemen|jemen|iemen|republiek jemen;YT:mayotte|majotta;ZA:south africa|sudafrika|" +
  "afrique du sud|sudafrica|zuid afrika|africa do sul|republika poludniowej afryki|jihoafricka republika|" +
  "sydafrika|etela afrikka|sor afrika|republiek zuid afrika|poludniowa afryka;ZM:zambia|sambia|zambie|" +
  "republiek zambia;ZW:zimbabwe|simbabwe|zimbabue|republiek zimbabwe";

/** Codes of three letters and of two, of ISO 3166-1, as in i18n-iso-countries 7.14.0 (read 2026-11-27). */
export const longCountryCodes: string =
  "ABW AW,AFG AF,AGO AO,AIA AI,ALA AX,ALB AL,AND AD,ARE AE,ARG AR,ARM AM,ASM AS,ATA AQ,ATF TF,ATG AG," +
  "AUS AU,AUT AT,AZE AZ,BDI BI,BEL BE,BEN BJ,BES BQ,BFA BF,BGD BD,BGR BG,BHR BH,BHS BS,BIH BA,BLM BL," +
  "BLR BY,BLZ BZ,BMU BM,BOL BO,BRA BR,BRB BB,BRN BN,BTN BT,BVT BV,BWA BW,CAF CF,CAN CA,CCK CC,CHE CH," +
  "CHL CL,CHN CN,CIV CI,CMR CM,COD CD,COG CG,COK CK,COL CO,COM KM,CPV CV,CRI CR,CUB CU,CUW CW,CXR CX," +
  "CYM KY,CYP CY,CZE CZ,DEU DE,DJI DJ,DMA DM,DNK DK,DOM DO,DZA DZ,ECU EC,EGY EG,ERI ER,ESH EH,ESP ES," +
  "EST EE,ETH ET,FIN FI,FJI FJ,FLK FK,FRA FR,FRO FO,FSM FM,GAB GA,GBR GB,GEO GE,GGY GG,GHA GH,GIB GI," +
  "GIN GN,GLP GP,GMB GM,GNB GW,GNQ GQ,GRC GR,GRD GD,GRL GL,GTM GT,GUF GF,GUM GU,GUY GY,HKG HK,HMD HM," +
  "HND HN,HRV HR,HTI HT,HUN HU,IDN ID,IMN IM,IND IN,IOT IO,IRL IE,IRN IR,IRQ IQ,ISL IS,ISR IL,ITA IT," +
  "JAM JM,JEY JE,JOR JO,JPN JP,KAZ KZ,KEN KE,KGZ KG,KHM KH,KIR KI,KNA KN,KOR KR,KWT KW,LAO LA,LBN LB," +
  "LBR LR,LBY LY,LCA LC,LIE LI,LKA LK,LSO LS,LTU LT,LUX LU,LVA LV,MAC MO,MAF MF,MAR MA,MCO MC,MDA MD," +
  "MDG MG,MDV MV,MEX MX,MHL MH,MKD MK,MLI ML,MLT MT,MMR MM,MNE ME,MNG MN,MNP MP,MOZ MZ,MRT MR,MSR MS," +
  "MTQ MQ,MUS MU,MWI MW,MYS MY,MYT YT,NAM NA,NCL NC,NER NE,NFK NF,NGA NG,NIC NI,NIU NU,NLD NL,NOR NO," +
  "NPL NP,NRU NR,NZL NZ,OMN OM,PAK PK,PAN PA,PCN PN,PER PE,PHL PH,PLW PW,PNG PG,POL PL,PRI PR,PRK KP," +
  "PRT PT,PRY PY,PSE PS,PYF PF,QAT QA,REU RE,ROU RO,RUS RU,RWA RW,SAU SA,SDN SD,SEN SN,SGP SG,SGS GS," +
  "SHN SH,SJM SJ,SLB SB,SLE SL,SLV SV,SMR SM,SOM SO,SPM PM,SRB RS,SSD SS,STP ST,SUR SR,SVK SK,SVN SI," +
  "SWE SE,SWZ SZ,SXM SX,SYC SC,SYR SY,TCA TC,TCD TD,TGO TG,THA TH,TJK TJ,TKL TK,TKM TM,TLS TL,TON TO," +
  "TTO TT,TUN TN,TUR TR,TUV TV,TWN TW,TZA TZ,UGA UG,UKR UA,UMI UM,URY UY,USA US,UZB UZ,VAT VA,VCT VC," +
  "VEN VE,VGB VG,VIR VI,VNM VN,VUT VU,WLF WF,WSM WS,XKK XK,YEM YE,ZAF ZA,ZMB ZM,ZWE ZW";
