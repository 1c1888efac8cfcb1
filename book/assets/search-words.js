// The words of the search: one family for the spellings of a term, numbers by their first digits,
// and error messages without what only the reader's program has. The sections of the book and a
// query are cut by the same code.
(() => {
  "use strict";

  const { stemmer } = window.searchLibraries;

  // Each line turns the spellings of one term into one word, or several; the first that fits wins.
  // They see text in lower case, in which names are cut at their underscores, capitals and hyphens.
  const families = [
    // Parts of a sentence, before the words in them.
    [/(?:does|do|did|is|are) ?n ?o?t (?:seem to )?work(?:ing)?|not work(?:ing)?|works?/, ""],
    [/(?:good|high|great|perfect) (?:val(?:idation)? )?acc(?:uracy)?/, "highaccuracy accuracy"],
    [/acc(?:uracy)? (?:is )?(?:so |very )?(?:good|high|great)/, "highaccuracy accuracy"],
    [
      RegExp(
        "(?:what|which|best|good|right|suitable|proper|appropriate|choos\\w+ (?:an? |the )?) " +
          "(?:loss|cost)(?: functions?)?|(?:loss|cost)(?: functions?)? (?:for|to use|should)",
      ),
      "chooseloss loss function",
    ],
    [/(?:really |very )?(?:bad|wrong|poor|terrible) (?:predictions?|results?)/, "wrong prediction"],
    [/(?:always|only|just|constantly) (?:output|predict|return|giv|produc)\w*/, "same prediction"],
    [/(?:output|predict|return)\w* (?:an? |the )?constants?/, "same prediction"],
    [/(?:at|in|from|on|during) (?:the )?(?:very )?(?:first|1st) (?:epoch|batch|iteration|step)/,
      "start first"],
    [/(?:all|completely|totally|just) (?:black|blank|empty|zeros?)/, "background"],
    [/no mask|(?:black|blank|empty) masks?/, "background"],
    [/train(?:ing)? (?:loss|error)(?=.{0,60}\b(?:val|validation|test(?:ing)?) (?:loss|error))/,
      "trainvalidation loss"],
    [/(?:val|validation|test(?:ing)?) (?:loss|error)(?=.{0,60}\btrain(?:ing)? (?:loss|error))/,
      "trainvalidation validation loss"],
    [/constant (?:(?:val|validation|train|training) )?loss|loss constant/, "stuck same loss"],
    [/(?:constant|fixed) (?:validation )?acc(?:uracy)?|acc(?:uracy)? constant/, "stuck accuracy"],
    [/(?:classified|predicted|labell?ed) as (?:one|the same|a single)/, "same class prediction"],
    [/seq(?:uence)? ?(?:2|to) ?seq(?:uence)?/, "seq2seq sequence"],
    [/u?int(?:16|32|64)|uint8|ints?|integers?/, "integer"],
    [/d ?types?|data ?types?/, "dtype type"],
    [/cast(?:ed|ing|s)?/, "cast"],
    [/(?:val|validation|test(?:ing)?|evaluation) loss(?:es)?/, "validation loss"],
    [/val/, "validation"],
    [/divi(?:de|ded|ding|sion) by(?: zero)?|zero division/, "log zero inf"],
    [/incorrect(?:ly)?|unexpected(?! keyword)|inaccurate|mismatch(?:ed)?/, "wrong"],
    [/loss(?:es)? (?:is |are |always |exactly |near |goes to |becomes )*zero/, "losszero loss"],
    [/accuracy (?:is |stays |always |exactly |at )*zero/, "accuracyzero accuracy"],
    [/(?:go(?:es|ing)?|falls?|becomes) (?:in ?)?(?:to )?minus|minus (?:loss|values?)/, "negative"],
    [/all of (?:a )?sudden|in the middle of(?: the)? training|spikes?|jumps? up/, "suddenly"],
    [/non ?differentiable|not differentiable/, "differentiable"],
    [/inconsisten\w*|discrepan\w*|(?:do|does|did|is|are) ?n ?o?t (?:match|agree)\w*/, "wrong"],
    [/(?:greater|larger|bigger|higher|more) than|exceeds?/, "above"],
    // Losses, weights and masks.
    [
      RegExp(
        "(?:outputs?|results?|values?|features) (?:of|from) (?:an? |the )?" +
          "(?:(?:intermediate|hidden|other|another|previous|inner) )?layers?|" +
          "(?:intermediate|hidden|other|another|previous|inner|penultimate) layers?" +
          "(?: s)?(?: (?:outputs?|results?|values?|features))?",
      ),
      "layeroutput layer output",
    ],
    [/time ?steps?|time ?stamps?|temporal(?: data)?|per step/, "timestep step"],
    [/(?:multiple|several|many|different|two|three|various) losses/, "severallosses several loss"],
    [/(?:total|global|overall|combined|joint) loss/, "totalloss loss"],
    [/ground truths?/, "truth"],
    [/kernel regulari[sz]er|l[12] (?:lambda|norm|weights?|factor|strength)/, "regularise"],
    [/objectives?(?: functions?)?|(?:cost|loss) functions?/, "loss function"],
    [/(?:of |with |on |at )?(?:different|various) scales?/, "lossweight scale"],
    [/(?:tasks?|losses) (?:weights?|weighting)/, "lossweight"],
    [/(?:adjust|balanc|weigh)\w* (?:the |several |multiple )?(?:tasks?|losses)/, "lossweight"],
    [/weights? maps?|pixel (?:wise )?weights?|weights? (?:for|per) pixels?/,
      "pixelweight weight pixel"],
    [/after (?:a while|some time|long training)/, "later"],
    [/weight decay/, "weightdecay regularise"],
    [/weigh\w* (?:the )?class(?:es)?/, "classweight"],
    [/class balanc\w*|balanced class\w*/, "classweight"],
    [/(?:individual|instance|per sample|per example|observation) weights?/, "sampleweight"],
    [/weights? (?:for|per) (?:each |every )?(?:sample|example|observation|instance)s?/,
      "sampleweight"],
    [/masking(?: layer)?|mask zero/, "masking mask padding"],
    [/unlabell?ed|unannotated|void|don ?t care/, "unknown ignore"],
    [/f ?measure|f ?score|f ?beta(?: score)?|f1 ?score/, "f1"],
    [/(?:weighted )?kappa|matthews?(?: corr\w*)?|(?:roc )?auc|ndcg|directional accura\w*/,
      "scorename metric"],
    [/batch ?wise|per batch/, "perbatch batch"],
    [/batchsizes?/, "batch size"],
    // Two things with one name: the generator of a GAN, and one that yields data.
    [/(?:d|disc|discriminator) loss(?:es)?/, "discriminator loss"],
    [/(?:g|gen|generator) loss(?:es)?/, "discriminator gangenerator loss"],
    [/image data generators?/, "imagegenerator datagenerator"],
    [/(?:data |fit )generators?|generators/, "datagenerator"],
    [/generator/, "gangenerator"],
    [/tf data(?: ?sets?)?/, "tfdata dataset"],
    // How a model is trained.
    [/gradient ?tapes?/, "gradienttape gradient tape"],
    [/batch ?norm(?:ali[sz]ation)?(?: layers?)?/, "batchnorm"],
    [/early ?stopping/, "earlystop"],
    [/(?:multi(?:ple)?|several|two|four|many) ?gpus?/, "replica gpu"],
    [/mirrored ?strategy|distribut(?:ed|ion) ?(?:training|strategy)|replicas?/, "replica"],
    // Spellings.
    [/smooth(?:ed|ing)? labels?|labels? smoothing/, "labelsmoothing label smoothing"],
    [/log ?loss|logistic loss/, "crossentropy"],
    [/scce/, "sparse categorical crossentropy"],
    [/cce/, "categorical crossentropy"],
    [/w?bce/, "binary crossentropy"],
    [/categorical ?cross ?entrop(?:y|ies)/, "categorical crossentropy"],
    [/binary ?cross ?entrop(?:y|ies)/, "binary crossentropy"],
    [/x ?ent(?:ropy)?|cross ?entrop(?:y|ies)/, "crossentropy"],
    [/nll|negative log likelihood/, "crossentropy nll"],
    [/root mean squared? error/, "rmse"],
    [/mean squared? log(?:arithmic)? error/, "msle"],
    [/mean (?:squared?|squares) (?:error|loss)/, "mse"],
    [/mean absolute percentage error/, "mape"],
    [/mean absolute (?:error|deviation)|l1 (?:error|loss)/, "mae"],
    [/kullback leibler(?: divergence)?|kld|kl div(?:ergence)?|relative entropy/, "kl"],
    [/smooth l1/, "huber"],
    [/pinball/, "quantile"],
    [/not a number|nans/, "nan"],
    [/infinit[ey]|infs/, "inf"],
    [/one ?hot/, "onehot"],
    [/from logits?/, "fromlogits logits"],
    [/pos(?:itive)? weights?/, "posweight"],
    [/sample weights?/, "sampleweight"],
    [/class weights?/, "classweight"],
    [/loss weights?/, "lossweight"],
    [/(?:half|mix(?:ed)?) ?precision|b?float ?16|[bf]p ?16/, "float16"],
    [/gpus?|cuda|graphics cards?/, "gpu"],
    [/regulari[sz]\w*|l[12] penalt(?:y|ies)/, "regularise"],
    [/support vector machines?/, "svm"],
    [/unbalanced|imbalanced?|skewed classes|rare|minority/, "imbalance"],
    [/multi ?label/, "multilabel several labels"],
    [/multi ?class/, "multiclass several classes"],
    [/multi ?(?:output|task)|(?:two|multiple) outputs/, "several outputs"],
    [/soft ?max (?:twice|two times)|(?:double|second|two|extra) soft ?max(?:es)?/, "softmax twice"],
    [/(?:single|one|1) (?:output )?(?:neuron|unit|node)s?/, "oneunit"],
    [/log ?cosh/, "log cosh"],
    [/soft ?max/, "softmax"],
    [/tf where/, "tfwhere"],
    [/tensor ?flow/, "tf"],
    [/u ?nets?/, "unet segmentation"],
    [/acc/, "accuracy"],
    [/data ?sets?/, "dataset"],
    [/inputs?(?: data)?|input features/, "features"],
    // What people see, in their words and in the book's.
    [
      RegExp(
        "(?:(?:is|do(?:es)?|did|wo) ?n t|can ?n? ?(?:o?t)|not|never|stopped|stops|" +
          "fail\\w* to|refuses? to|unable to|barely|hardly|no)" +
          "(?: seems? to)?(?: be)? (?:" +
          "decreas\\w*|chang\\w*|mov\\w*|improv\\w*|reduc(?:e|es|ed|ing|tion)(?! (?:mean|sum))|" +
          "converg\\w*|go(?:es|ing)? down|learn\\w*|train|training|trained|updat\\w*)",
      ),
      "stuck",
    ],
    [
      RegExp(
        "(?:stays?|remains?|staying|always|exactly|very|completely) (?:constant|the same|same|fixed)|" +
          "unchang\\w*|plateaus?|stagnat\\w*|flat|freezes?",
      ),
      "stuck same",
    ],
    [/stops? at|stands still/, "stuck"],
    [/below (?:zero|0)|less than (?:zero|0)|negatives?/, "negative"],
    [/(?:superior|better) (?:to|than)/, "higher"],
    [/increas\w*|rises?|rising|go(?:es|ing)? up|grow(?:s|ing)/, "rises"],
    [
      RegExp(
        "decreas\\w*|drop(?:s|ped|ping)?|falls|falling|go(?:es|ing)? down|reduces|" +
          "get(?:s|ting)? (?:lower|smaller)",
      ),
      "falls",
    ],
    [/fluctuat\w*|oscillat\w*|unstable|bounces|bouncing|jumps around|noisy loss/, "oscillates"],
    [/explod\w*|diverg(?:es|ing|ed)|blows? up|skyrocket\w*/, "explodes"],
    [/(?:very )?slow(?:ly|er)?/, "slow"],
    [/only one class|one class (?:only|all the time)|same class/, "same class prediction"],
    [/(?:large|big) (?:inputs?|features|logits?|numbers?)/, "huge features"],
    [
      RegExp(
        "huge|enormous|gigantic|massive|crazy|insane(?:ly)?|(?:very|too|so|really|extremely|super|" +
          "exceptionally|unusually|ridiculously) (?:large|big|high)",
      ),
      "huge",
    ],
  ];
  const anyFamily = RegExp(families.map(([{ source }]) => `(\\b(?:${source})\\b)`).join("|"), "g");
  const familyOf = (text, ...groups) => families[groups.findIndex((group) => group !== undefined)][1];

  const stopWords = new Set(
    `a about after all an and any are as at be because been but by can could did do does doing don
     for from gets getting got had has have how i if im in into is it its just me my now of on
     only or our please should so some such t than that the their them then there these they
     this to use used using very was we what when where which while who why will with would you
     your give gives giving become becomes turns goes went makes make meaning word keras tf
     tensorflow help problem issue question training train anyone tell however cause causes
     caused understand understanding properly correctly show shows implement implementing
     implementation code bug fix much always still backend define create creating created neural
     network networks deep learning tip tips advice need want more even necessary way ways best
     hi hello during s ve re d am isn doesn didn won wasn aren hasn haven couldn wouldn maybe
     perhaps consider possible possibly solution seem seems really nicely actually someone tried
     try trying unable added adding wondering confused confusion regarding suspicious`.split(/\s+/),
  );

  // What a message has of the reader's own: paths, places, addresses, shapes, counts.
  const own = [
    /in user code:[^]*\b(?=[A-Z]\w*Error: )/g,
    /graph execution error:?|detected at node:? '?[\w/]+'?(?: defined at)?/gi,
    /traceback \(most recent call last\):?/gi,
    /\bfile "[^"]*"(?:, line \d+)?(?:, in \S+)?/gi,
    /\bline \d+\b/gi,
    /\b0x[0-9a-f]+\b|\b(?:tensorflow\.python|keras\.src)[\w.]*\.(?!\w*Error)\w+/gi,
    /\[op:\w*\]|\{\{[^}]*\}\}|\bnode:? ?'[^']*'|\[\[[^\]]*\]\]/gi,
    /(?<!\w(?=\(\d+\)))[([]\s*(?:(?:none|\?|-?\d+|\.\.\.)\s*,?\s*)+[)\]]/gi,
    /\b(?:tensorflow|tf|keras|python|numpy)[\s=v-]*\d[\d.]*(?:[-.]?(?:rc|beta|alpha)\w*)?/gi,
    /\bname:? ?'[^']*'|\bname='?[\w/:.]*'?/gi,
  ];
  const PATH = /(?:[a-z]:)?[\\/~.]*(?:[\w.+-]+[\\/]){2,}[\w.+-]*|\b[\w-]+\.py(?::\d+)?\b/gi;
  const fileOf = (path) => (/([\w-]+)\.py\b/.exec(path) || ["", " "])[1];
  const message = RegExp(
    String.raw`\b\w+(?:Error|Exception|Warning)\b|\bTraceback\b|\bWARNING:|\b(?:must (?:have|be|equal)|` +
      "expected|deprecated|[Rr]eceived|incompatible|invalid|not supported|has no attribute|" +
      "could not|cannot)" +
      String.raw`\b`,
  );

  const stems = new Map();

  function stem(word) {
    if (!stems.has(word)) stems.set(word, /^[a-z]+$/.test(word) ? stemmer(word) : word);
    return stems.get(word);
  }

  const isMessage = (text) => text.trim().split(/\s+/).length > 3 && message.test(text);

  function cleaned(text) {
    const bare = own.reduce((rest, pattern) => rest.replace(pattern, " "), text);
    // In a question the name of a file says what it is about; in a message it is the reader's own.
    if (!isMessage(text)) return bare.replace(PATH, fileOf);
    return bare
      .replace(PATH, " ")
      .replace(/(?<![\w.])-?\d+(?![\w.])/g, " ")
      .replace(/\b(?:\w+Warning|WARNING):(?:tensorflow:)?/g, " ")
      .replace(/\b\w+(Error:)/g, "$1");
  }

  // The first three digits, rounded: 0.69315, 0.6931472 and 0.693 are one word.
  function digits(number) {
    const value = Math.abs(Number(number));
    if (value === 0) return "0";
    return Number.isFinite(value) ? `n${Number(value.toPrecision(3))}` : null;
  }

  const NUMBER =
    /(?<![\p{L}\p{N}_.])(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_]|\.\d)/gu;
  const ROW = /\b\d{3}-\d+\b/g;

  function numbers(text) {
    return [...text.replace(ROW, " ").matchAll(NUMBER)].map(([number]) => number.replace(/,/g, ""));
  }

  function split(text) {
    const cut = text
      .replace(/NaNs?/g, "nan")
      .replace(/\b([A-Z]{2,})s\b/g, "$1")
      .replace(/([a-z\d])([A-Z][a-z])/g, "$1 $2")
      .replace(/([A-Z]{2,})([A-Z][a-z])/g, "$1 $2")
      .toLowerCase()
      .replace(/[_’'"`()[\]{}<>:;,!?=/\\|*&%$#@+~^“”‘…]|-(?!\d)|\.(?!\d)/g, " ")
      .replace(/\s+/g, " ");
    return cut.replace(anyFamily, familyOf);
  }

  // A printed 0 is a word, because it says more beside the name of what it belongs to.
  const ZERO = /\b(loss|acc(?:uracy)?)[\s:=]+0(?:\.0*)?(?:e[+-]?0+)?(?![\d.,])/gi;

  // The words of a text, as the index has them. Numbers of several digits also stand for what
  // they are rounded to.
  function words(text) {
    const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(ZERO, "$1 zero");
    const terms = [...plain.matchAll(ROW)].map(([row]) => row);
    for (const number of numbers(plain)) {
      const rounded = /[.e]|\d{3}/.test(number) && digits(number);
      terms.push(...(rounded ? [rounded] : [number]));
    }
    const rest = split(plain.replace(ROW, " ").replace(NUMBER, " "));
    for (const word of rest.match(/[\p{L}\p{N}]+/gu) || []) {
      if (!stopWords.has(word) && !stopWords.has(word.replace(/s$/, ""))) terms.push(stem(word));
    }
    return terms;
  }

  // A loss with a sign before it is a negative loss.
  const NEGATIVE = RegExp(
    String.raw`(?:entropy|\b(?:bce|gives|gave|returns?|value))\b.{0,20}\s[-−]\d+\.\d|` +
      String.raw`\bloss\b(?:\s*[:=]|\s+(?:is|of|at|(?:drop|f[ae]ll|go|went|reach)\w*(?: to)?))?` +
      String.raw`\s*[-−]\s*(?:\d|inf)`,
    "i",
  );

  function query(text) {
    return words(cleaned(NEGATIVE.test(text) ? `negative ${text}` : text));
  }

  window.bookSearch = { words, query, isMessage };
})();
