import listed from 'email-providers/all.json' with { type: 'json' };

/** Mailboxes of providers and telephone companies that the list `email-providers` lacks. */
const lacking: readonly string[] = [
  'gmx.ch gmx.us gmx.co.uk gmx.es gmx.it fastmail.com sunrise.ch hispeed.ch swissonline.ch datacomm.ch netplus.ch vtxnet.ch solnet.ch green.ch',
  'aon.at a1.net chello.at inode.at utanet.at liwest.at kabsi.at drei.at vol.at tirol.com magenta.at',
  'ziggo.nl xs4all.nl kpnplanet.nl upcmail.nl casema.nl tele2.nl quicknet.nl online.nl telfort.nl caiway.nl',
  'proximus.be scarlet.be pt.lu internet.lu vo.lu bbox.fr numericable.fr',
  'vodafone.de vodafonemail.de unitybox.de osnanet.de ewetel.net ewe.net netcologne.de mnet-online.de mnet-mail.de versanet.de posteo.de posteo.net',
  'magenta.de 1und1.de o2online.de tim.it fastwebnet.it pec.it legalmail.it arubapec.it',
  'plus.net plusnet.com zen.co.uk iol.ie indigo.ie vodafone.ie',
  'telia.com telia.se comhem.se bredband.net bredband2.com tele2.se online.no broadpark.no getmail.no altibox.no lyse.net frisurf.no',
  'mail.dk tdcadsl.dk stofanet.dk youmail.dk jubii.dk kolumbus.fi elisanet.fi saunalahti.fi welho.com dnainternet.net suomi24.fi',
  'interia.eu op.pl onet.pl poczta.onet.pl tlen.pl vp.pl volny.cz atlas.cz quick.cz azet.sk zoznam.sk citromail.hu upcmail.hu chello.hu',
  'mail.bg dir.bg siol.net t-2.net t-com.hr net.hr inet.hr optinet.hr eunet.rs sbb.rs ptt.rs mts.rs otenet.gr hol.gr in.gr',
  'inbox.lt one.lt online.ee neti.ee superonline.com ttmail.com mynet.com bezeqint.net 012.net.il emirates.net.ae eim.ae',
  'mail.telepac.pt netcabo.pt clix.pt iol.pt telefonica.net ono.com movistar.es',
  'ciudad.com.ar vtr.net une.net.co etb.net.co cantv.net',
  'sohu.com 139.com 189.cn kakao.com nifty.com ocn.ne.jp biglobe.ne.jp so-net.ne.jp dion.ne.jp plala.or.jp hinet.net seed.net.tw pchome.com.tw',
  'starhub.net.sg pacific.net.sg netvigator.com hkstar.com biznetvigator.com bsnl.in vsnl.net airtelmail.in eth.net',
  'adam.com.au slingshot.co.nz orcon.net.nz clear.net.nz mweb.co.za telkomsa.net vodamail.co.za iafrica.com absamail.co.za',
  'suddenlink.net mediacombb.net eastlink.ca sasktel.net mts.net nb.sympatico.ca',
  'tutanota.com tutanota.de tuta.io tuta.com zohomail.com zohomail.eu startmail.com disroot.org riseup.net duck.com mozmail.com kolabnow.com',
  'mailfence.com ctemplar.com swissmail.org',
];

/** Domains whose addresses belong to people and companies that have nothing in common. */
export const mailboxDomains: ReadonlySet<string> = new Set([
  ...listed,
  ...lacking.flatMap((line) => line.split(' ')),
]);
