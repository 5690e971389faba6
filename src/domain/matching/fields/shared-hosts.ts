function hostSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/**
 * Hosts where a customer of the host is named in the path (facebook.com/acme) or not at all. An address there
 * does not identify a company, except the company that runs the host.
 */
export const sharedHosts: ReadonlySet<string> = hostSet(
  'facebook.com fb.com fb.me linkedin.com lnkd.in instagram.com twitter.com x.com threads.net youtube.com youtu.be tiktok.com',
  'pinterest.com pinterest.de vk.com ok.ru xing.com whatsapp.com wa.me t.me telegram.org telegram.me snapchat.com reddit.com',
  'discord.com discord.gg medium.com linktr.ee beacons.ai bio.link allmylinks.com about.me meetup.com',
  'google.com google.de google.co.uk goo.gl g.page g.co bit.ly tinyurl.com ow.ly rebrand.ly t.co cutt.ly',
  'yelp.com yelp.de crunchbase.com',
  'opencorporates.com northdata.com northdata.de',
  'firmenwissen.de wlw.de europages.com europages.co.uk kompass.com yellowpages.com gelbeseiten.de pagesjaunes.fr paginegialle.it',
  'paginasamarillas.es herold.at local.ch justdial.com indiamart.com tradeindia.com made-in-china.com globalsources.com',
  'manta.com bbb.org mapquest.com foursquare.com wikipedia.org wikidata.org wikimedia.org',
  'ebay.com',
  'github.com bitbucket.org sourceforge.net npmjs.com pypi.org kaggle.com stackoverflow.com',
  'box.com docs.com slideshare.net issuu.com vimeo.com dribbble.com deviantart.com',
  'bandcamp.com flickr.com imgur.com producthunt.com angel.co wellfound.com f6s.com',
  'zoom.us slack.com notion.so',
  'wix.com weebly.com blogger.com shopify.com jimdo.com ionos.de web.de t-online.de',
);

/**
 * Platforms where a customer may be named in the path (airbnb.com/rooms/1), but whose bare address and mail
 * domain are those of the company that runs the platform.
 */
export const platformHosts: ReadonlySet<string> = hostSet(
  'pitchbook.com dnb.com bloomberg.com zoominfo.com apollo.io rocketreach.co glassdoor.com indeed.com',
  'kununu.com companieshouse.gov.uk alibaba.com ebay.de ebay.co.uk amazon.com amazon.de amazon.co.uk',
  'walmart.com allegro.pl mercadolibre.com mercadolivre.com.br booking.com airbnb.com expedia.com',
  'opentable.com thefork.com doordash.com ubereats.com deliveroo.co.uk lieferando.de gitlab.com',
  'docker.com huggingface.co dropbox.com wetransfer.com scribd.com behance.net soundcloud.com',
  'spotify.com typeform.com surveymonkey.com calendly.com trello.com airtable.com canva.com figma.com',
  'miro.com eventbrite.com patreon.com upwork.com fiverr.com tripadvisor.com trustpilot.com godaddy.com',
  'ionos.com strato.de',
);

/**
 * Hosts where each customer has a name in front of the host: acme.zendesk.com. The name and the host together
 * are the address of one company. Only hosts that the private section of the Public Suffix List lacks.
 */
export const tenantHosts: ReadonlySet<string> = hostSet(
  'atlassian.net jira.com zendesk.com freshdesk.com freshservice.com freshsales.io myfreshworks.com freshworks.com intercom.help',
  'helpscoutdocs.com gorgias.com desk.com kayako.com uservoice.com statuspage.io service-now.com servicenow.com bmcremedyforce.com',
  'my.salesforce.com sandbox.my.salesforce.com develop.my.salesforce.com my.salesforce-sites.com lightning.force.com my.site.com',
  'force.com site.com cloudforce.com hs-sites.com hubspotpagebuilder.com hubspotpagebuilder.eu pardot.com marketo.com mktoweb.com',
  'dynamics.com crm.dynamics.com crm4.dynamics.com operations.dynamics.com sharepoint.com onmicrosoft.com powerappsportals.com',
  'odoo.com dev.odoo.com netsuite.com app.netsuite.com successfactors.com successfactors.eu sapsf.com ondemand.com bamboohr.com',
  'workday.com myworkday.com myworkdayjobs.com personio.de personio.com greenhouse.io lever.co recruitee.com teamtailor.com workable.com',
  'smartrecruiters.com jobvite.com icims.com taleo.net breezy.hr ashbyhq.com applytojob.com bigcartel.com substack.com etsy.com',
  'squarespace.com business.site jimdofree.com jimdosite.com jimdo.com wordpress.com blogspot.com tumblr.com weebly.com weeblysite.com',
  'godaddysites.com wixstudio.io editorx.io strikingly.com site123.me ueniweb.com yolasite.com webnode.com webnode.page webnode.cz webnode.fr',
  'mozello.com mystrikingly.com simplesite.com webador.com webador.de one.com wix.com sitew.com e-monsite.com over-blog.com canalblog.com',
  'hpage.com npage.de de.tl homepage-baukasten.de chayns.net tilda.ws tildacdn.com ucoz.ru narod.ru livejournal.com typepad.com',
  'ghost.io beehiiv.com mailchimpsites.com kartra.com clickfunnels.com leadpages.co unbounce.com instapage.com kajabi.com thinkific.com',
  'teachable.com podia.com gumroad.com itch.io pixieset.com format.com myportfolio.com cargo.site dunked.com zenfolio.com smugmug.com',
  'square.site squareup.com myshoplaza.com ecwid.com company.site tiendanube.com mitiendanube.com lojaintegrada.com.br nuvemshop.com.br',
  'mybigcommerce.com bigcommerce.com volusion.com 3dcartstores.com lightspeedhq.com vtexcommercestable.com.br myvtex.com prestashop.com',
  'shopware.store gambiocloud.com base.shop stores.jp shop-pro.jp thebase.in ocnk.net fc2.com ameblo.jp hatenablog.com exblog.jp jimdo.jp',
  'cafe24.com imweb.me modoo.at sixshop.com tistory.com weebly.kr pixnet.net shoplineapp.com waca.tw easystore.co sitegiant.me',
  'toasttab.com resy.com mindbodyonline.com glofox.com wellnessliving.com schedulicity.com setmore.com acuityscheduling.com as.me simplybook.me',
  'slack.com monday.com clickup.com asana.com basecamphq.com teamwork.com quip.com box.com egnyte.com sharefile.com sharefile.eu',
  'okta.com oktapreview.com auth0.com onelogin.com pingone.com duosecurity.com zoom.us webex.com gotomeeting.com bluejeans.com',
  'gitbook.io gitbook.com readme.io readme.com readthedocs.org helpjuice.com document360.io confluence.com bitbucket.io sourceforge.net',
  'cloudapp.net trafficmanager.net azure.com cloudapp.azure.com azurecontainerapps.io amplifyapp.com awsapps.com',
  'appspot.com googleusercontent.com withgoogle.com cloudfunctions.net firebaseio.com replit.app repl.co stackblitz.io',
  'onrender.com railway.app up.railway.app koyeb.app deno.dev surge.sh glitch.me bubbleapps.io softr.app softr.io glide.page glideapp.io adalo.com',
  'framer.app framer.media framer.photos framer.wiki webflow.com typedream.app super.site potion.so dorik.io durable.co landen.co unicornplatform.com',
);

/** Labels of hosts with tenants under many endings: acme.blogspot.com.br. */
export const tenantLabels: ReadonlySet<string> = hostSet('blogspot wordpress webnode webador jimdo');

/**
 * Domains of governments and similar bodies. Each name in front is another body (dot.ca.gov), and the bare
 * domain is used by many.
 */
export const umbrellaDomains: ReadonlySet<string> = hostSet(
  'alabama.gov alaska.gov az.gov arkansas.gov ca.gov colorado.gov ct.gov delaware.gov fl.gov myflorida.com georgia.gov ga.gov hawaii.gov',
  'idaho.gov illinois.gov in.gov iowa.gov ks.gov ky.gov louisiana.gov la.gov maine.gov maryland.gov md.gov mass.gov michigan.gov mn.gov',
  'ms.gov mo.gov mt.gov nebraska.gov nv.gov nh.gov nj.gov nm.gov ny.gov nc.gov nd.gov ohio.gov ok.gov oklahoma.gov oregon.gov pa.gov',
  'ri.gov sc.gov sd.gov tn.gov texas.gov utah.gov vermont.gov virginia.gov wa.gov wv.gov wi.gov wyo.gov dc.gov pr.gov nyc.gov lacity.org',
  'lacounty.gov lacity.gov sfgov.org cityofchicago.org phila.gov houstontx.gov phoenix.gov sandiego.gov dallascityhall.com boston.gov',
  'army.mil navy.mil af.mil spaceforce.mil usmc.mil mail.mil us.af.mil uscourts.gov senate.gov house.gov state.gov hhs.gov nih.gov usda.gov doi.gov',
  'admin.ch zh.ch be.ch vd.ch ge.ch ti.ch sg.ch ag.ch lu.ch tg.ch so.ch bs.ch bl.ch fr.ch ne.ch vs.ch gr.ch sz.ch zg.ch sh.ch ju.ch',
  'bund.de bundeswehr.de bayern.de nrw.de sachsen.de hessen.de niedersachsen.de baden-wuerttemberg.de bwl.de brandenburg.de thueringen.de',
  'sachsen-anhalt.de rlp.de saarland.de schleswig-holstein.de berlin.de hamburg.de bremen.de mv-regierung.de polizei.de',
  'nhs.net nhs.uk nhs.scot wales.nhs.uk service.gov.uk police.uk mod.uk parliament.uk judiciary.uk hscni.net gov.scot gov.wales',
  'europa.eu un.org who.int worldbank.org rijksoverheid.nl minbzk.nl overheid.nl politie.nl belgium.be fgov.be vlaanderen.be wallonie.be',
  'regione.lombardia.it giustizia.it interno.it esercito.difesa.it gencat.cat xunta.gal euskadi.eus juntadeandalucia.es madrid.org gva.es jcyl.es',
  'canada.ca ontario.ca quebec.ca gouv.qc.ca gov.bc.ca gov.on.ca gov.ab.ca gov.mb.ca gov.sk.ca novascotia.ca gnb.ca alberta.ca forces.gc.ca',
  'nsw.gov.au vic.gov.au qld.gov.au wa.gov.au sa.gov.au tas.gov.au act.gov.au nt.gov.au det.nsw.edu.au education.vic.gov.au govt.nz',
  'kommune.no regionh.dk rm.dk rsyd.dk skane.se regionstockholm.se vgregion.se hel.fi hus.fi gouv.fr gendarmerie.interieur.gouv.fr',
);

/** Domains of chains, franchises and associations: one domain for many independent companies. */
export const chainDomains: ReadonlySet<string> = hostSet(
  'hilton.com marriott.com ihg.com accor.com hyatt.com wyndhamhotels.com choicehotels.com bestwestern.com bestwestern.de radissonhotels.com',
  'statefarm.com allstate.com farmersagent.com farmers.com edwardjones.com raymondjames.com ameriprise.com nm.com primerica.com hrblock.com',
  'kw.com remax.com remax.ca century21.com coldwellbanker.com sothebysrealty.com exprealty.com bhhs.com engelvoelkers.com realtor.com',
  'mcdonalds.com subway.com dominos.com kfc.com pizzahut.com burgerking.com dunkindonuts.com tacobell.com wendys.com chick-fil-a.com timhortons.ca',
  '7-eleven.com anytimefitness.com planetfitness.com orangetheory.com theupsstore.com jiffylube.com meineke.com midas.com servpro.com',
  'servicemaster.com mollymaid.com snapon.com matcotools.com supercuts.com greatclips.com napaonline.com acehardware.com truevalue.com',
  'credit-agricole.fr ca-groupe.fr sparebank1.no raiffeisen.ch raiffeisen.at rbgooe.at sparkasse.de sparkasse.at volksbank.at vr-web.de',
  'banquepopulaire.fr caisse-epargne.fr creditmutuel.fr cic.fr rabobank.nl e.leclerc e-leclerc.com intermarche.com magasins-u.com spar.at spar.de',
  'edeka.de rewe.de fressnapf.de hagebau.de expert.de euronics.de intersport.de mister-lady.de obi.de lvm.de allianz-vertretung.de huk.de devk.de',
  'ymca.net ymca.org goodwill.org habitat.org redcross.org salvationarmy.org usw.salvationarmy.org rotary.org kiwanis.org lionsclubs.org scouting.org',
  'regus.com wework.com caritas.de diakonie.de drk.de awo.de johanniter.de malteser.org lebenshilfe.de tuev-sued.de dekra.de',
);
