/** How people of one culture are named. Every name comes with the letters it has in an address. */
export interface Culture {
  readonly locale: string;
  readonly zone: string;
  /** `family-first`: the full name begins with the family name, without a space where `joined`. */
  readonly order: 'given-first' | 'family-first' | 'joined';
  readonly given: readonly Name[];
  readonly family: readonly Name[];
}

type Name = readonly [native: string, latin: string];

export interface Person {
  readonly given: string;
  readonly family: string;
  readonly full: string;
  /** `given.family` in lower-case ASCII. */
  readonly address: string;
  readonly locale: string;
  readonly zone: string;
}

/** Makes a person from three draws in [0, 1). */
export function makePerson(draw: () => number): Person {
  const { given, family, order, locale, zone } = pick(CULTURES, draw());
  const [givenName, givenLatin] = pick(given, draw());
  const [familyName, familyLatin] = pick(family, draw());
  const full = {
    'given-first': `${givenName} ${familyName}`,
    'family-first': `${familyName} ${givenName}`,
    joined: `${familyName}${givenName}`,
  }[order];
  return { given: givenName, family: familyName, full, address: `${givenLatin}.${familyLatin}`, locale, zone };
}

function pick<Item>(items: readonly Item[], draw: number): Item {
  const item = items[Math.floor(draw * items.length)];
  if (item === undefined) throw new RangeError('A draw lies in [0, 1)');
  return item;
}

/** `Native=latin` entries, separated by blanks. */
function names(text: string): Name[] {
  return text.split(' ').map((entry) => {
    const [native = '', latin = native.toLowerCase()] = entry.split('=');
    return [native, latin];
  });
}

const culture = (locale: string, zone: string, order: Culture['order'], given: string, family: string): Culture => ({
  locale,
  zone,
  order,
  given: names(given),
  family: names(family),
});

const CULTURES: readonly Culture[] = [
  culture(
    'de-DE',
    'Europe/Berlin',
    'given-first',
    'Jürgen=juergen Anneliese Günter=guenter Sönke=soenke',
    'Weiß=weiss Müller=mueller Schröder=schroeder Yıldız=yildiz',
  ),
  culture(
    'fr-FR',
    'Europe/Paris',
    'given-first',
    'Zoé=zoe François=francois Maëlle=maelle Jean-Baptiste',
    "Lefèvre=lefevre D'Arcy=darcy Benoît=benoit Nguyễn=nguyen",
  ),
  culture(
    'ga-IE',
    'Europe/Dublin',
    'given-first',
    'Siobhán=siobhan Pádraig=padraig Aoife',
    "O'Brien=obrien Ní-Dhomhnaill=nidhomhnaill Murphy",
  ),
  culture(
    'es-MX',
    'America/Mexico_City',
    'given-first',
    'José=jose Itzel María-Fernanda=maria',
    'Núñez=nunez García=garcia Ibáñez=ibanez',
  ),
  culture(
    'pl-PL',
    'Europe/Warsaw',
    'given-first',
    'Łukasz=lukasz Małgorzata=malgorzata Wojciech',
    'Wiśniewski=wisniewski Dąbrowska=dabrowska Żak=zak',
  ),
  culture(
    'is-IS',
    'Atlantic/Reykjavik',
    'given-first',
    'Þór=thor Guðrún=gudrun Björk=bjork',
    'Sigurðsson=sigurdsson Ævarsdóttir=aevarsdottir',
  ),
  culture(
    'tr-TR',
    'Europe/Istanbul',
    'given-first',
    'Işıl=isil İbrahim=ibrahim Çağla=cagla',
    'Yılmaz=yilmaz Şahin=sahin Öztürk=ozturk',
  ),
  culture(
    'el-GR',
    'Europe/Athens',
    'given-first',
    'Ελένη=eleni Γιώργος=giorgos',
    'Παπαδόπουλος=papadopoulos Νικολάου=nikolaou',
  ),
  culture(
    'uk-UA',
    'Europe/Kyiv',
    'given-first',
    'Олена=olena Тарас=taras Їжак=yizhak',
    'Шевченко=shevchenko Ковальчук=kovalchuk',
  ),
  culture(
    'ar-EG',
    'Africa/Cairo',
    'given-first',
    'فاطمة=fatima يوسف=youssef ليلى=layla',
    'الحسن=alhassan منصور=mansour',
  ),
  culture('he-IL', 'Asia/Jerusalem', 'given-first', 'נועה=noa איתן=eitan', 'כהן=cohen לוי=levi'),
  culture('fa-IR', 'Asia/Tehran', 'given-first', 'شیرین=shirin کاوه=kaveh', 'احمدی=ahmadi رضایی=rezaei'),
  culture('hi-IN', 'Asia/Kolkata', 'given-first', 'प्रिया=priya अर्जुन=arjun', 'शर्मा=sharma पटेल=patel'),
  culture('ta-IN', 'Asia/Kolkata', 'given-first', 'கவிதா=kavitha முருகன்=murugan', 'சுப்ரமணியம்=subramaniam ராஜன்=rajan'),
  culture('zh-CN', 'Asia/Shanghai', 'joined', '伟=wei 秀英=xiuying 梓涵=zihan', '王=wang 李=li 欧阳=ouyang'),
  culture(
    'ja-JP',
    'Asia/Tokyo',
    'family-first',
    '陽菜=hina 翔太=shota さくら=sakura',
    '佐藤=sato 髙橋=takahashi 渡邉=watanabe',
  ),
  culture('ko-KR', 'Asia/Seoul', 'joined', '서연=seoyeon 민준=minjun', '김=kim 박=park'),
  culture('vi-VN', 'Asia/Ho_Chi_Minh', 'family-first', 'Thảo=thao Đức=duc', 'Nguyễn=nguyen Phạm=pham'),
  culture('th-TH', 'Asia/Bangkok', 'given-first', 'สมชาย=somchai มาลี=malee', 'ศรีสุข=srisuk จันทร์=chan'),
  culture('ka-GE', 'Asia/Tbilisi', 'given-first', 'ნინო=nino გიორგი=giorgi', 'ბერიძე=beridze კაპანაძე=kapanadze'),
  culture('am-ET', 'Africa/Addis_Ababa', 'given-first', 'ሰላም=selam ዳዊት=dawit', 'ተስፋዬ=tesfaye በቀለ=bekele'),
  culture(
    'yo-NG',
    'Africa/Lagos',
    'given-first',
    'Adébáyọ̀=adebayo Fúnmiláyọ̀=funmilayo',
    'Ọláńrewájú=olanrewaju Adéyẹmí=adeyemi',
  ),
  culture('sw-KE', 'Africa/Nairobi', 'given-first', 'Amina Juma Wanjikũ=wanjiku', 'Otieno Kamau Diallo'),
  culture('mi-NZ', 'Pacific/Auckland', 'given-first', 'Māia=maia Tāne=tane', 'Ngāta=ngata Parata'),
  culture(
    'haw-US',
    'Pacific/Honolulu',
    'given-first',
    'Kaʻiulani=kaiulani Leilani',
    'Kealoha Kamakawiwoʻole=kamakawiwoole',
  ),
  culture('en-US', 'America/New_York', 'given-first', 'Grace Malik X Mary-Ann', 'Lee Smith-Jones McDonald Begay'),
];
