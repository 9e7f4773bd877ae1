import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Scanner;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.URIDereferencer;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.XMLStructure;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLObject;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * The JDK's own XML signatures as a judge: one order per line on the standard input, one answer per line.
 *
 * <p>{@code verifier DOCUMENT FOLDER CERTIFICATE}: every signature of the document (in base64), detached files taken in the folder, with the
 * key of the certificate, or of KeyInfo without it. {@code signer ...}: see {@link #signer}. Answers: {@code juste}, or
 * {@code faux} and why. Arithmetic only: no trust.
 */
public final class Juge {
  private static final XMLSignatureFactory FABRIQUE = XMLSignatureFactory.getInstance("DOM");

  public static void main(String[] args) {
    try (Scanner ordres = new Scanner(System.in, StandardCharsets.UTF_8)) {
      while (ordres.hasNextLine()) {
        System.out.println(repondre(ordres.nextLine().split("\t", -1)));
        System.out.flush();
      }
    }
  }

  private static String repondre(String[] ordre) {
    try {
      return ordre[0].equals("signer") ? signer(ordre) : verifier(ordre[1], ordre[2], ordre[3]);
    } catch (Exception | StackOverflowError e) {
      Throwable cause = e;
      while (cause.getCause() != null) cause = cause.getCause();
      return ("faux " + cause).replaceAll("\\s+", " ");
    }
  }

  private static Document lire(InputStream source) throws Exception {
    DocumentBuilderFactory fabrique = DocumentBuilderFactory.newInstance();
    fabrique.setNamespaceAware(true);
    fabrique.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    var lecteur = fabrique.newDocumentBuilder();
    lecteur.setErrorHandler(null);
    Document document = lecteur.parse(source);
    NodeList tous = document.getElementsByTagName("*");
    for (int i = 0; i < tous.getLength(); i++) identifier((Element) tous.item(i));
    return document;
  }

  private static void identifier(Element element) {
    if (element.hasAttributeNS(null, "Id")) element.setIdAttributeNS(null, "Id", true);
  }

  /** Files by the address of the reference; everything else as the JDK does it. */
  private static URIDereferencer adresses(String dossier) {
    return (reference, contexte) -> {
      String uri = reference.getURI();
      if (uri == null || uri.isEmpty() || uri.startsWith("#") || dossier.isEmpty()) {
        return FABRIQUE.getURIDereferencer().dereference(reference, contexte);
      }
      try {
        String nom = URLDecoder.decode(uri.replace("+", "%2B"), StandardCharsets.UTF_8);
        return new OctetStreamData(Files.newInputStream(Path.of(dossier, nom)));
      } catch (Exception e) {
        throw new javax.xml.crypto.URIReferenceException(e);
      }
    };
  }

  /** The key of this certificate, or of the first one of KeyInfo. */
  private static KeySelector cleDe(String certificat) throws Exception {
    if (certificat.isEmpty()) return new PremierCertificat();
    return KeySelector.singletonKeySelector(lireCertificat(certificat).getPublicKey());
  }

  private static X509Certificate lireCertificat(String fichier) throws Exception {
    byte[] octets = Files.readAllBytes(Path.of(fichier));
    CertificateFactory fabrique = CertificateFactory.getInstance("X.509");
    return (X509Certificate) fabrique.generateCertificate(new ByteArrayInputStream(octets));
  }

  private static final class PremierCertificat extends KeySelector {
    @Override
    public KeySelectorResult select(KeyInfo cles, Purpose but, AlgorithmMethod methode, XMLCryptoContext contexte) {
      for (XMLStructure structure : cles.getContent()) {
        if (!(structure instanceof X509Data x509)) continue;
        for (Object objet : x509.getContent()) {
          if (objet instanceof X509Certificate certificat) {
            Key cle = certificat.getPublicKey();
            return () -> cle;
          }
        }
      }
      throw new IllegalStateException("aucun certificat");
    }
  }

  private static String verifier(String octets, String dossier, String certificat) throws Exception {
    Document document = lire(new ByteArrayInputStream(Base64.getDecoder().decode(octets)));
    NodeList signatures = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
    if (signatures.getLength() == 0) return "faux aucune signature";
    for (int i = 0; i < signatures.getLength(); i++) {
      DOMValidateContext contexte = new DOMValidateContext(cleDe(certificat), signatures.item(i));
      contexte.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
      contexte.setURIDereferencer(adresses(dossier));
      XMLSignature signature = FABRIQUE.unmarshalXMLSignature(contexte);
      if (!signature.validate(contexte)) return "faux " + expliquer(signature, contexte);
    }
    return "juste";
  }

  private static String expliquer(XMLSignature signature, DOMValidateContext contexte) throws Exception {
    StringBuilder dit = new StringBuilder("valeur=" + signature.getSignatureValue().validate(contexte));
    for (Reference r : signature.getSignedInfo().getReferences()) {
      dit.append(' ').append(r.getURI()).append('=').append(r.validate(contexte));
    }
    return dit.toString();
  }

  private static Transform transformation(String uri) throws Exception {
    return FABRIQUE.newTransform(uri, (TransformParameterSpec) null);
  }

  /** {@code id|uri|type|digest|transform,transform}, empty where there is none. */
  private static Reference reference(String ecrite) throws Exception {
    String[] champs = ecrite.split("\\|", -1);
    List<Transform> transformations = new ArrayList<>();
    if (!champs[4].isEmpty()) for (String t : champs[4].split(",")) transformations.add(transformation(t));
    return FABRIQUE.newReference(
        champs[1],
        FABRIQUE.newDigestMethod(champs[3], null),
        transformations.isEmpty() ? null : transformations,
        champs[2].isEmpty() ? null : champs[2],
        champs[0].isEmpty() ? null : champs[0]);
  }

  /** {@code id|mime|encoding|file}: an XML document, or the text of one that has an encoding. */
  private static XMLObject objet(String ecrit, Document document, List<Element> marques) throws Exception {
    String[] champs = ecrit.split("\\|", -1);
    byte[] octets = Files.readAllBytes(Path.of(champs[3]));
    Node noeud;
    if (champs[2].isEmpty()) {
      Element racine = lire(new ByteArrayInputStream(octets)).getDocumentElement();
      Element copie = (Element) document.importNode(racine, true);
      marques.add(copie);
      NodeList tous = copie.getElementsByTagName("*");
      for (int i = 0; i < tous.getLength(); i++) marques.add((Element) tous.item(i));
      noeud = copie;
    } else {
      noeud = document.createTextNode(new String(octets, StandardCharsets.US_ASCII));
    }
    String id = champs[0].isEmpty() ? null : champs[0];
    String mime = champs[1].isEmpty() ? null : champs[1];
    String encodage = champs[2].isEmpty() ? null : champs[2];
    return FABRIQUE.newXMLObject(List.of(new DOMStructure(noeud)), id, mime, encodage);
  }

  private static PrivateKey cle(String fichier) throws Exception {
    PKCS8EncodedKeySpec octets = new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(fichier)));
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(octets);
    } catch (java.security.spec.InvalidKeySpecException e) {
      return KeyFactory.getInstance("EC").generatePrivate(octets);
    }
  }

  private static KeyInfo certificats(String fichiers) throws Exception {
    KeyInfoFactory fabrique = FABRIQUE.getKeyInfoFactory();
    List<X509Certificate> chaine = new ArrayList<>();
    for (String fichier : fichiers.split(",")) chaine.add(lireCertificat(fichier));
    return fabrique.newKeyInfo(List.of(fabrique.newX509Data(chaine)));
  }

  private static Element porteur(Document document, String id) {
    if (id.isEmpty()) return document.getDocumentElement();
    Element element = document.getElementById(id);
    if (element == null) throw new IllegalStateException("aucun élément " + id);
    return element;
  }

  /**
   * {@code signer SOURCE RESULT FOLDER PARENT KEY CERTIFICATES ID METHOD C14N ENCODING #REFERENCES reference... object...}:
   * without SOURCE the signature is a document of its own, otherwise it is the last child of the element of this Id, or
   * of the root.
   */
  private static String signer(String[] ordre) throws Exception {
    String source = ordre[1];
    Document document =
        source.isEmpty()
            ? DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument()
            : lire(new ByteArrayInputStream(Files.readAllBytes(Path.of(source))));
    int nombre = Integer.parseInt(ordre[11]);
    List<Reference> references = new ArrayList<>();
    for (int i = 0; i < nombre; i++) references.add(reference(ordre[12 + i]));
    List<XMLObject> objets = new ArrayList<>();
    List<Element> marques = new ArrayList<>();
    for (int i = 12 + nombre; i < ordre.length; i++) objets.add(objet(ordre[i], document, marques));
    XMLSignature signature =
        FABRIQUE.newXMLSignature(
            FABRIQUE.newSignedInfo(
                FABRIQUE.newCanonicalizationMethod(ordre[9], (C14NMethodParameterSpec) null),
                FABRIQUE.newSignatureMethod(ordre[8], null),
                references),
            certificats(ordre[6]),
            objets,
            ordre[7],
            null);
    Node parent = source.isEmpty() ? document : porteur(document, ordre[4]);
    DOMSignContext contexte = new DOMSignContext(cle(ordre[5]), parent);
    contexte.setDefaultNamespacePrefix("ds");
    contexte.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
    contexte.setURIDereferencer(adresses(ordre[3]));
    for (Element e : marques) {
      if (e.hasAttributeNS(null, "Id")) contexte.setIdAttributeNS(e, null, "Id");
    }
    signature.sign(contexte);
    ecrire(document, ordre[2], ordre[10]);
    return "juste";
  }

  private static void ecrire(Document document, String fichier, String encodage) throws Exception {
    Transformer transformation = TransformerFactory.newInstance().newTransformer();
    transformation.setOutputProperty(OutputKeys.ENCODING, encodage);
    document.setXmlStandalone(true);
    transformation.transform(new DOMSource(document), new StreamResult(new File(fichier)));
  }
}
