/**
 * Names of countries and territories in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish,
 * Swedish and Danish, folded, by ISO 3166-1 code; each name once. Drawn from Unicode CLDR 48.0 through
 * `Intl.DisplayNames` of Node 24, for the countries that have telephones and seven more (2026-11).
 */
export const countryNames: string =
  "AC:ascension island|ascension|ile de lascension|isla de la ascension|isola ascensione|" +
  "ilha de ascensao|wyspa wniebowstapienia|ascensionoen;AD:andorra|andorre|andora;" +
  "AE:united arab emirates|vereinigte arabische emirate|emirats arabes unis|emiratos arabes unidos|" +
  "emirati arabi uniti|verenigde arabische emiraten|emirados arabes unidos|" +
  "zjednoczone emiraty arabskie|forenade arabemiraten|de forenede arabiske emirater;AF:afghanistan|" +
  "afganistan|afeganistao;AG:antigua barbuda|antigua und barbuda|antigua et barbuda|antigua y barbuda|" +
  "antigua e barbuda|antigua en barbuda|antigua i barbuda|antigua och barbuda|antigua og barbuda;" +
  "AI:anguilla|anguila;AL:albania|albanien|albanie;AM:armenia|armenien|armenie;AO:angola;AQ:antarctica|" +
  "antarktis|antarctique|antartida|antartide|antarktyda;AR:argentina|argentinien|argentine|argentinie|" +
  "argentyna;AS:american samoa|amerikanisch samoa|samoa americaines|samoa americana|samoa americane|" +
  "amerikaans samoa|samoa amerykanskie|amerikanska samoa|amerikansk samoa;AT:austria|osterreich|" +
  "autriche|oostenrijk|osterrike|ostrig;AU:australia|australien|australie;AW:aruba;AX:aland islands|" +
  "alandinseln|iles aland|islas aland|isole aland|aland|ilhas aland|wyspy alandzkie;AZ:azerbaijan|" +
  "aserbaidschan|azerbaidjan|azerbaiyan|azerbaigian|azerbeidzjan|azerbaijao|azerbejdzan|azerbajdzjan|" +
  "aserbajdsjan;BA:bosnia herzegovina|bosnien und herzegowina|bosnie herzegovine|bosnia y herzegovina|" +
  "bosnia ed erzegovina|bosnie en herzegovina|bosnia e herzegovina|bosnia i hercegowina|" +
  "bosnien och hercegovina|bosnien hercegovina;BB:barbados|barbade;BD:bangladesh|bangladesch|banglades|" +
  "bangladesz;BE:belgium|belgien|belgique|belgica|belgio|belgie|belgia;BF:burkina faso|burquina faso;" +
  "BG:bulgaria|bulgarien|bulgarie|bulgarije;BH:bahrain|bahrein|barein|bahrajn;BI:burundi;BJ:benin;" +
  "BL:st barthelemy|saint barthelemy|san bartolome|sao bartolomeu|s t barthelemy;BM:bermuda|bermudes|" +
  "bermudas|bermudy;BN:brunei|brunei darussalam;BO:bolivia|bolivien|bolivie|boliwia;" +
  "BQ:caribbean netherlands|karibische niederlande|pays bas caribeens|caribe neerlandes|" +
  "caraibi olandesi|caribisch nederland|paises baixos caribenhos|niderlandy karaibskie|" +
  "karibiska nederlanderna|de tidligere nederlandske antiller;BR:brazil|brasilien|bresil|brasil|" +
  "brasile|brazilie|brazylia;BS:bahamas|bahamy;BT:bhutan|bhoutan|butan|butao;BV:bouvet island|" +
  "bouvetinsel|ile bouvet|isla bouvet|isola bouvet|bouveteiland|ilha bouvet|wyspa bouveta|bouveton|" +
  "bouvetoen;BW:botswana|botsuana;BY:belarus|bielorussie|bielorrusia|bielorussia|bielorrussia|bialorus;" +
  "BZ:belize|belice;CA:canada|kanada;CC:cocos keeling islands|kokosinseln|iles cocos|islas cocos|" +
  "isole cocos keeling|cocoseilanden|ilhas cocos keeling|wyspy kokosowe|kokosoarna|cocosoerne;" +
  "CD:congo kinshasa|kongo kinshasa|republica democratica del congo|demokratyczna republika konga;" +
  "CF:central african republic|zentralafrikanische republik|republique centrafricaine|" +
  "republica centroafricana|repubblica centrafricana|centraal afrikaanse republiek|" +
  "republica centro africana|republika srodkowoafrykanska|centralafrikanska republiken|" +
  "den centralafrikanske republik;CG:congo brazzaville|kongo brazzaville|congo|republica do congo|" +
  "kongo;CH:switzerland|schweiz|suisse|suiza|svizzera|zwitserland|suica|szwajcaria;CI:cote divoire|" +
  "costa davorio|ivoorkust|costa do marfim|elfenbenskusten|elfenbenskysten;CK:cook islands|cookinseln|" +
  "iles cook|islas cook|isole cook|cookeilanden|ilhas cook|wyspy cooka|cookoarna|cookoerne;CL:chile|" +
  "chili|cile;CM:cameroon|kamerun|cameroun|camerun|kameroen|camaroes;CN:china|chine|cina|chiny|kina;" +
  "CO:colombia|kolumbien|colombie|kolumbia;CR:costa rica|kostaryka;CU:cuba|kuba;CV:cape verde|" +
  "cabo verde|cap vert|capo verde|kaapverdie|republika zielonego przyladka|kap verde;CW:curacao|" +
  "curazao;CX:christmas island|weihnachtsinsel|ile christmas|isla de navidad|isola christmas|" +
  "christmaseiland|ilha christmas|wyspa bozego narodzenia|julon|juleoen;CY:cyprus|zypern|chypre|chipre|" +
  "cipro|cypr|cypern;CZ:czechia|tschechien|tchequie|chequia|cechia|tsjechie|tchequia|czechy|tjeckien|" +
  "tjekkiet;DE:germany|deutschland|allemagne|alemania|germania|duitsland|alemanha|niemcy|tyskland;" +
  "DJ:djibouti|dschibuti|yibuti|gibuti|djibuti|dzibuti;DK:denmark|danemark|dinamarca|danimarca|" +
  "denemarken|dania|danmark;DM:dominica|dominique|dominika;DO:dominican republic|" +
  "dominikanische republik|republique dominicaine|republica dominicana|repubblica dominicana|" +
  "dominicaanse republiek|dominikana|dominikanska republiken|den dominikanske republik;DZ:algeria|" +
  "algerien|algerie|argelia|algerije|algieria|algeriet;EC:ecuador|equateur|equador|ekwador;EE:estonia|" +
  "estland|estonie;EG:egypt|agypten|egypte|egipto|egitto|egito|egipt|egypten;EH:western sahara|" +
  "westsahara|sahara occidental|sahara occidentale|westelijke sahara|saara ocidental|sahara zachodnia|" +
  "vastsahara|vestsahara;ER:eritrea|erythree|eritreia|erytrea;ES:spain|spanien|espagne|espana|spagna|" +
  "spanje|espanha|hiszpania;ET:ethiopia|athiopien|ethiopie|etiopia|etiopien;FI:finland|finnland|" +
  "finlande|finlandia;FJ:fiji|fidschi|fidji|fiyi|figi|fidzi;FK:falkland islands|falklandinseln|" +
  "iles malouines|islas malvinas|isole falkland|falklandeilanden|ilhas malvinas|falklandy|" +
  "falklandsoarna|falklandsoerne;FM:micronesia|mikronesien|micronesie|mikronezja;FO:faroe islands|" +
  "faroer|iles feroe|islas feroe|isole faer oer|faeroer|ilhas faroe|wyspy owcze|faroarna|faeroerne;" +
  "FR:france|frankreich|francia|frankrijk|franca|francja|frankrike|frankrig;GA:gabon|gabun|gabao;" +
  "GB:united kingdom|vereinigtes konigreich|royaume uni|reino unido|regno unito|verenigd koninkrijk|" +
  "wielka brytania|storbritannien;GD:grenada|grenade|granada;GE:georgia|georgien|georgie|gruzja;" +
  "GF:french guiana|franzosisch guayana|guyane francaise|guayana francesa|guyana francese|frans guyana|" +
  "guiana francesa|gujana francuska|franska guyana|fransk guyana;GG:guernsey|guernesey;GH:ghana|gana;" +
  "GI:gibraltar|gibilterra;GL:greenland|gronland|groenland|groenlandia|grenlandia;GM:gambia|gambie;" +
  "GN:guinea|guinee|guine|gwinea;GP:guadeloupe|guadalupe|guadalupa|gwadelupa;GQ:equatorial guinea|" +
  "aquatorialguinea|guinee equatoriale|guinea ecuatorial|guinea equatoriale|equatoriaal guinea|" +
  "guine equatorial|gwinea rownikowa|ekvatorialguinea|aekvatorialguinea;GR:greece|griechenland|grece|" +
  "grecia|griekenland|grecja|grekland|graekenland;GS:south georgia south sandwich islands|" +
  "sudgeorgien und die sudlichen sandwichinseln|georgie du sud et les iles sandwich du sud|" +
  "islas georgia del sur y sandwich del sur|georgia del sud e sandwich australi|" +
  "zuid georgia en zuidelijke sandwicheilanden|ilhas georgia do sul e sandwich do sul|" +
  "georgia poludniowa i sandwich poludniowy|sydgeorgien och sydsandwichoarna|" +
  "south georgia og de sydlige sandwichoer;GT:guatemala|gwatemala;GU:guam;GW:guinea bissau|" +
  "guinee bissau|guinea bisau|guine bissau|gwinea bissau;GY:guyana|guiana|gujana;" +
  "HK:hong kong sar china|sonderverwaltungsregion hongkong|r a s chinoise de hong kong|" +
  "rae de hong kong china|ras di hong kong|hongkong sar van china|hong kong rae da china|" +
  "sra hongkong chiny|hongkong sar|sar hongkong;HM:heard mcdonald islands|heard und mcdonaldinseln|" +
  "iles heard et macdonald|islas heard y mcdonald|isole heard e mcdonald|heard en mcdonaldeilanden|" +
  "ilhas heard e mcdonald|wyspy heard i mcdonalda|heardon och mcdonaldoarna|" +
  "heard island og mcdonald islands;HN:honduras;HR:croatia|kroatien|croatie|croacia|croazia|kroatie|" +
  "chorwacja;HT:haiti;HU:hungary|ungarn|hongrie|hungria|ungheria|hongarije|wegry|ungern;ID:indonesia|" +
  "indonesien|indonesie|indonezja;IE:ireland|irland|irlande|irlanda|ierland|irlandia;IL:israel|israele|" +
  "izrael;IM:isle of man|ile de man|isla de man|isola di man|ilha de man|wyspa man;IN:india|indien|" +
  "inde|indie;IO:british indian ocean territory|britisches territorium im indischen ozean|" +
  "territoire britannique de locean indien|territorio britanico del oceano indico|" +
  "territorio britannico delloceano indiano|brits indische oceaanterritorium|" +
  "territorio britanico do oceano indico|brytyjskie terytorium oceanu indyjskiego|" +
  "brittiska territoriet i indiska oceanen|det britiske territorium i det indiske ocean;IQ:iraq|irak|" +
  "iraque;IR:iran|ira;IS:iceland|island|islande|islandia|islanda|ijsland;IT:italy|italien|italie|" +
  "italia|wlochy;JE:jersey;JM:jamaica|jamaika|jamaique|giamaica|jamajka;JO:jordan|jordanien|jordanie|" +
  "jordania|giordania;JP:japan|japon|giappone|japao|japonia;KE:kenya|kenia|quenia;KG:kyrgyzstan|" +
  "kirgisistan|kirghizstan|kirguistan|kirghizistan|kirgizie|quirguistao|kirgistan|kirgizistan;" +
  "KH:cambodia|kambodscha|cambodge|camboya|cambogia|cambodja|camboja|kambodza|kambodja;KI:kiribati|" +
  "quiribati;KM:comoros|komoren|comores|comoras|comore|comoren|komory|komorerna|comorerne;" +
  "KN:st kitts nevis|st kitts und nevis|saint christophe et nieves|san cristobal y nieves|" +
  "saint kitts e nevis|saint kitts en nevis|sao cristovao e nevis|saint kitts i nevis|" +
  "s t kitts och nevis|saint kitts og nevis;KP:north korea|nordkorea|coree du nord|corea del norte|" +
  "corea del nord|noord korea|coreia do norte|korea polnocna;KR:south korea|sudkorea|coree du sud|" +
  "corea del sur|corea del sud|zuid korea|coreia do sul|korea poludniowa|sydkorea;KW:kuwait|koweit|" +
  "koeweit|kuwejt;KY:cayman islands|kaimaninseln|iles caimans|islas caiman|isole cayman|" +
  "kaaimaneilanden|ilhas cayman|kajmany|caymanoarna|caymanoerne;KZ:kazakhstan|kasachstan|kazajistan|" +
  "kazakistan|kazachstan|cazaquistao|kazakstan|kasakhstan;LA:laos;LB:lebanon|libanon|liban|libano;" +
  "LC:st lucia|sainte lucie|santa lucia|saint lucia|s t lucia;LI:liechtenstein;LK:sri lanka;LR:liberia;" +
  "LS:lesotho|lesoto;LT:lithuania|litauen|lituanie|lituania|litouwen|litwa;LU:luxembourg|luxemburg|" +
  "luxemburgo|lussemburgo|luksemburg;LV:latvia|lettland|lettonie|letonia|lettonia|letland|lotwa;" +
  "LY:libya|libyen|libye|libia|libie;MA:morocco|marokko|maroc|marruecos|marocco|marrocos|maroko|" +
  "marocko;MC:monaco|monako;MD:moldova|republik moldau|moldavie|moldavia|moldawia|moldavien;" +
  "ME:montenegro|czarnogora;MF:st martin|saint martin|san martin|sao martinho;MG:madagascar|madagaskar;" +
  "MH:marshall islands|marshallinseln|iles marshall|islas marshall|isole marshall|marshalleilanden|" +
  "ilhas marshall|wyspy marshalla|marshalloarna|marshalloerne;MK:north macedonia|nordmazedonien|" +
  "macedoine du nord|macedonia del norte|macedonia del nord|noord macedonie|macedonia do norte|" +
  "macedonia polnocna|nordmakedonien;ML:mali;MM:myanmar burma|myanmar|myanmar birmanie|" +
  "myanmar birmania|myanmar birma|mianmar birmania|mjanma birma;MN:mongolia|mongolei|mongolie|" +
  "mongoliet;MO:macao sar china|sonderverwaltungsregion macau|r a s chinoise de macao|" +
  "rae de macao china|ras di macao|macau sar van china|macau rae da china|sra makau chiny|macao sar|" +
  "sar macao;MP:northern mariana islands|nordliche marianen|iles mariannes du nord|" +
  "islas marianas del norte|isole marianne settentrionali|noordelijke marianen|ilhas marianas do norte|" +
  "mariany polnocne|nordmarianerna|nordmarianerne;MQ:martinique|martinica|martynika;MR:mauritania|" +
  "mauretanien|mauritanie|mauretania;MS:montserrat;MT:malta|malte;MU:mauritius|maurice|mauricio;" +
  "MV:maldives|malediven|maldivas|maldive|maldiven|malediwy|maldiverna|maldiverne;MW:malawi|malaui;" +
  "MX:mexico|mexiko|mexique|messico|meksyk;MY:malaysia|malaisie|malasia|maleisie|malezja;MZ:mozambique|" +
  "mosambik|mozambico|mocambique|mozambik;NA:namibia|namibie;NC:new caledonia|neukaledonien|" +
  "nouvelle caledonie|nueva caledonia|nuova caledonia|nieuw caledonie|nova caledonia|nowa kaledonia|" +
  "nya kaledonien|ny kaledonien;NE:niger;NF:norfolk island|norfolkinsel|ile norfolk|isla norfolk|" +
  "isola norfolk|norfolk|ilha norfolk|norfolkon;NG:nigeria;NI:nicaragua|nikaragua;NL:netherlands|" +
  "niederlande|pays bas|paises bajos|paesi bassi|nederland|paises baixos|holandia|nederlanderna|" +
  "nederlandene;NO:norway|norwegen|norvege|noruega|norvegia|noorwegen|norwegia|norge;NP:nepal;NR:nauru;" +
  "NU:niue;NZ:new zealand|neuseeland|nouvelle zelande|nueva zelanda|nuova zelanda|nieuw zeeland|" +
  "nova zelandia|nowa zelandia|nya zeeland;OM:oman|oma;PA:panama;PE:peru|perou;PF:french polynesia|" +
  "franzosisch polynesien|polynesie francaise|polinesia francesa|polinesia francese|frans polynesie|" +
  "polinezja francuska|franska polynesien|fransk polynesien;PG:papua new guinea|papua neuguinea|" +
  "papouasie nouvelle guinee|papua nueva guinea|papua nuova guinea|papoea nieuw guinea|" +
  "papua nova guine|papua nowa gwinea|papua nya guinea|papua ny guinea;PH:philippines|philippinen|" +
  "filipinas|filippine|filipijnen|filipiny|filippinerna|filippinerne;PK:pakistan|paquistao;PL:poland|" +
  "polen|pologne|polonia|polska;PM:st pierre miquelon|st pierre und miquelon|saint pierre et miquelon|" +
  "san pedro y miquelon|saint pierre e miquelon|saint pierre en miquelon|sao pedro e miquelao|" +
  "saint pierre i miquelon|s t pierre och miquelon|saint pierre og miquelon;PN:pitcairn islands|" +
  "pitcairninseln|iles pitcairn|islas pitcairn|isole pitcairn|pitcairneilanden|ilhas pitcairn|pitcairn|" +
  "pitcairnoarna;PR:puerto rico|porto rico|portorico|portoryko;PS:palestinian territories|" +
  "palastinensische autonomiegebiete|territoires palestiniens|territorios palestinos|" +
  "territori palestinesi|palestijnse gebieden|terytoria palestynskie|palestinska territorierna|" +
  "de palaestinensiske omrader;PT:portugal|portogallo|portugalia;PW:palau|palaos;PY:paraguay|paraguai|" +
  "paragwaj;QA:qatar|katar|catar;RE:reunion|la reunion|riunione|reuniao;RO:romania|rumanien|roumanie|" +
  "rumania|roemenie|romenia|rumunia|rumaenien;RS:serbia|serbien|serbie|servie|servia;RU:russia|" +
  "russland|russie|rusia|rusland|rosja|ryssland;RW:rwanda|ruanda;SA:saudi arabia|saudi arabien|" +
  "arabie saoudite|arabia saudi|arabia saudita|saoedi arabie|arabia saudyjska|saudiarabien;" +
  "SB:solomon islands|salomonen|iles salomon|islas salomon|isole salomone|salomonseilanden|" +
  "ilhas salomao|wyspy salomona|salomonoarna|salomonoerne;SC:seychelles|seychellen|seicheles|seszele|" +
  "seychellerna|seychellerne;SD:sudan|soudan|soedan|sudao;SE:sweden|schweden|suede|suecia|svezia|" +
  "zweden|szwecja|sverige;SG:singapore|singapur|singapour|singapura;SH:st helena|sainte helene|" +
  "santa elena|santelena|sint helena|santa helena|wyspa swietej heleny|s t helena;SI:slovenia|" +
  "slowenien|slovenie|eslovenia|slowenia|slovenien;SJ:svalbard jan mayen|spitzbergen und jan mayen|" +
  "svalbard et jan mayen|svalbard y jan mayen|svalbard e jan mayen|spitsbergen en jan mayen|" +
  "svalbard i jan mayen|svalbard och jan mayen|svalbard og jan mayen;SK:slovakia|slowakei|slovaquie|" +
  "eslovaquia|slovacchia|slowakije|slowacja|slovakien|slovakiet;SL:sierra leone|sierra leona|" +
  "serra leoa;SM:san marino|saint marin;SN:senegal;SO:somalia|somalie;SR:suriname|surinam;" +
  "SS:south sudan|sudsudan|soudan du sud|sudan del sur|sud sudan|zuid soedan|sudao do sul|" +
  "sudan poludniowy|sydsudan;ST:sao tome principe|sao tome und principe|sao tome et principe|" +
  "santo tome y principe|sao tome e principe|sao tome en principe|wyspy swietego tomasza i ksiazeca|" +
  "sao tome och principe|sao tome og principe;SV:el salvador|salvador|salwador;SX:sint maarten|" +
  "saint martin partie neerlandaise;SY:syria|syrien|syrie|siria;SZ:eswatini|esuatini|essuatini;" +
  "TA:tristan da cunha|tristan de acuna|tristao da cunha;TC:turks caicos islands|" +
  "turks und caicosinseln|iles turques et caiques|islas turcas y caicos|isole turks e caicos|" +
  "turks en caicoseilanden|ilhas turcas e caicos|turks i caicos|turks och caicosoarna|" +
  "turks og caicosoerne;TD:chad|tschad|tchad|ciad|tsjaad|chade|czad;TF:french southern territories|" +
  "franzosische sud und antarktisgebiete|terres australes francaises|territorios australes franceses|" +
  "terre australi francesi|franse gebieden in de zuidelijke indische oceaan|" +
  "territorios franceses do sul|francuskie terytoria poludniowe i antarktyczne|" +
  "franska sydterritorierna|de franske besiddelser i det sydlige indiske ocean og antarktis;TG:togo;" +
  "TH:thailand|thailande|tailandia|thailandia|tajlandia;TJ:tajikistan|tadschikistan|tadjikistan|" +
  "tayikistan|tagikistan|tadzjikistan|tadjiquistao|tadzykistan|tadsjikistan;TK:tokelau|tokelauoarna;" +
  "TL:timor leste|timor oriental|timor est|oost timor|timor wschodni|osttimor;TM:turkmenistan|" +
  "turcomenistao;TN:tunisia|tunesien|tunisie|tunez|tunesie|tunezja|tunisien;TO:tonga;TR:turkiye|turkei|" +
  "turquie|turquia|turchia|turkije|turcja|turkiet|tyrkiet;TT:trinidad tobago|trinidad und tobago|" +
  "trinite et tobago|trinidad y tobago|trinidad e tobago|trinidad en tobago|trynidad i tobago|" +
  "trinidad och tobago|trinidad og tobago;TV:tuvalu;TW:taiwan|tajwan;TZ:tanzania|tansania|tanzanie;" +
  "UA:ukraine|ucrania|ucraina|oekraine|ukraina;UG:uganda|ouganda|oeganda;UM:u s outlying islands|" +
  "amerikanische uberseeinseln|iles mineures eloignees des etats unis|islas menores alejadas de ee uu|" +
  "isole minori esterne degli stati uniti|kleine afgelegen eilanden van de verenigde staten|" +
  "ilhas menores distantes dos eua|dalekie wyspy mniejsze stanow zjednoczonych|usa s yttre oar|" +
  "amerikanske oversoiske oer;US:united states|vereinigte staaten|etats unis|estados unidos|" +
  "stati uniti|verenigde staten|stany zjednoczone|usa;UY:uruguay|uruguai|urugwaj;UZ:uzbekistan|" +
  "usbekistan|ouzbekistan|oezbekistan|uzbequistao;VA:vatican city|vatikanstadt|" +
  "etat de la cite du vatican|ciudad del vaticano|citta del vaticano|vaticaanstad|cidade do vaticano|" +
  "watykan|vatikanstaten;VC:st vincent grenadines|st vincent und die grenadinen|" +
  "saint vincent et les grenadines|san vicente y las granadinas|saint vincent e grenadine|" +
  "saint vincent en de grenadines|sao vicente e granadinas|saint vincent i grenadyny|" +
  "s t vincent och grenadinerna|saint vincent og grenadinerne;VE:venezuela|wenezuela;" +
  "VG:british virgin islands|britische jungferninseln|iles vierges britanniques|" +
  "islas virgenes britanicas|isole vergini britanniche|britse maagdeneilanden|ilhas virgens britanicas|" +
  "brytyjskie wyspy dziewicze|brittiska jungfruoarna|de britiske jomfruoer;VI:u s virgin islands|" +
  "amerikanische jungferninseln|iles vierges des etats unis|islas virgenes de ee uu|" +
  "isole vergini americane|amerikaanse maagdeneilanden|ilhas virgens americanas|" +
  "wyspy dziewicze stanow zjednoczonych|amerikanska jungfruoarna|de amerikanske jomfruoer;VN:vietnam|" +
  "viet nam|vietna|wietnam;VU:vanuatu;WF:wallis futuna|wallis und futuna|wallis et futuna|" +
  "wallis y futuna|wallis e futuna|wallis en futuna|wallis i futuna|wallis och futunaoarna|" +
  "wallis og futuna;WS:samoa;XK:kosovo|kosowo;YE:yemen|jemen|iemen;YT:mayotte|majotta;ZA:south africa|" +
  "sudafrika|afrique du sud|sudafrica|zuid afrika|africa do sul|republika poludniowej afryki|sydafrika;" +
  "ZM:zambia|sambia|zambie;ZW:zimbabwe|simbabwe|zimbabue";
