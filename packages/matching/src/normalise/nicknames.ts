/** Given names that are used for one another, a group on each line; the first is the long form. */
const groups = `
alexander alex alec sasha sascha aleksandr alexandre alessandro alejandro iskander xander
alexandra alex sandra sasha alexa
andrew andy drew andreas andrei andrey andre andres
anthony tony antonio anton antoine
barbara barb babs
benjamin ben benny
catherine kathy kate katie cathy katherine kathryn katharina katya kathleen kat
charles charlie chuck carl karl carlos
christina tina chris christine kristina
christopher chris kit christoph kristoffer
daniel dan danny
david dave davy
deborah deb debbie
edward ed eddie ted ned eduard eduardo
elizabeth liz beth betty eliza lisa elisabeth bess lizzie
eugene gene evgeny yevgeny evgeni
francis frank francisco francesco francois franz
frederick fred freddy friedrich frederik fredrik federico friedrych
gabriel gabe
george jorge georg jiri georgi georges yuri
gerald gerry jerry
gregory greg grigory
henry harry hank heinrich henri enrique
jacob jake jakob jacques iakov
james jim jimmy jamie jaime
jennifer jen jenny
john jon johnny jack johann johannes juan jean ivan giovanni ioannis jan hans
jonathan jon nathan jonny
joseph joe joey josef jose giuseppe josip
joshua josh
judith judy
katharine kate kathy
kenneth ken kenny
laurence larry lawrence lars lorenzo
leonard leo len lenny leonardo
lewis louis luis ludwig luigi lou
margaret maggie meg peggy greta margarita marguerite marge
mark marc marco marcus markus marek
martin marty
mary maria marie molly polly miriam
matthew matt mathew matthias mateo matteo
maximilian max maxim maxime
michael mike mick mikhail michel miguel mikael michele michal mihai mikey
mohammed mohammad muhammad mohamed mohamad muhammed mehmet mohd
nathaniel nathan nate
nicholas nick nicolas nicola nikolai nikolay niklas nicolaus klaus nikolaos
osama usama
patricia pat patty trish
patrick pat paddy patricio
paul pablo paolo pavel pawel
peter pete piotr pedro pierre pietro petr petar
philip phil phillip philippe felipe
raymond ray ramon
rebecca becky becca
richard rick dick rich ricky ricardo riccardo
robert bob rob bobby robbie bert roberto
ronald ron ronnie
samuel sam sammy
sergei sergey sergej sergio serge serhii
stephen steve steven stefan stephan esteban stefano stepan
susan sue suzy susanne susanna suzanne
theodore ted teddy theo fyodor teodor
thomas tom tommy tomas tomasz tommaso
timothy tim timmy
victor vic viktor
victoria vicky vic viktoria
vladimir volodymyr wladimir uladzimir
william bill will billy willy wilhelm guillaume guillermo liam
yevgeny evgeny eugene
yusuf youssef yousef yosef joseph josef
ahmed ahmad achmed ahmet
ibrahim abraham ebrahim
hussein husain hussain hossein husayn
`;

const groupsOf: ReadonlyMap<string, ReadonlySet<number>> = (() => {
  const found = new Map<string, Set<number>>();
  for (const [at, line] of groups.trim().split("\n").entries())
    for (const name of line.split(" ")) found.set(name, (found.get(name) ?? new Set()).add(at));
  return found;
})();

/** Whether a folded given name has other forms. Never throws. */
export function hasNicknames(name: string): boolean {
  return groupsOf.has(name);
}

/** Whether two folded given names are forms of one name ("bob", "robert"). Never throws. */
export function isNickname(left: string, right: string): boolean {
  const mine = groupsOf.get(left);
  const theirs = groupsOf.get(right);
  if (mine === undefined || theirs === undefined) return false;
  for (const group of mine) if (theirs.has(group)) return true;
  return false;
}

/** Whether two folded given names are known and no forms of one name, as near as "mark" and "mary". */
export function areNamesOfTwo(left: string, right: string): boolean {
  return left !== right && groupsOf.has(left) && groupsOf.has(right) && !isNickname(left, right);
}
