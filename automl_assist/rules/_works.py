"""The works that rules refer to by author and year, written out so that they can be found."""

from __future__ import annotations

import re

DATED = re.compile(r"\b(?:19|20)\d\d\b")

WORKS = {
    "Allen 1974": "D. M. Allen: The relationship between variable selection and data augmentation and a method for prediction. "
    "Technometrics 16(1). doi:10.1080/00401706.1974.10489157",
    "Barber et al. 2021": "R. F. Barber, E. J. Candès, A. Ramdas and R. J. Tibshirani: Predictive inference with the jackknife+. "
    "Annals of Statistics 49(1). doi:10.1214/20-AOS1965",
    "Bergmeir and Benitez 2012": "C. Bergmeir and J. M. Benítez: On the use of cross-validation for time series predictor evaluation. "
    "Information Sciences 191. doi:10.1016/j.ins.2011.12.028",
    "Box and Wilson 1951": "G. E. P. Box and K. B. Wilson: On the experimental attainment of optimum conditions. Journal of the Royal "
    "Statistical Society B 13(1). doi:10.1111/j.2517-6161.1951.tb00067.x",
    "Breiman 2001": "L. Breiman: Random forests. Machine Learning 45(1). doi:10.1023/A:1010933404324",
    "Brigato and Iocchi 2020": "L. Brigato and L. Iocchi: A close look at deep learning with small data. ICPR. arXiv:2003.12843",
    "Caruana et al. 2004": "R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes: Ensemble selection from libraries of models. ICML. "
    "doi:10.1145/1015330.1015432",
    "Coates et al. 2011": "A. Coates, H. Lee and A. Y. Ng: An analysis of single-layer networks in unsupervised feature learning. AISTATS.",
    "Dalal and Triggs 2005": "N. Dalal and B. Triggs: Histograms of oriented gradients for human detection. CVPR. "
    "doi:10.1109/CVPR.2005.177",
    "Dau et al. 2019": "H. A. Dau and others: The UCR time series archive. IEEE/CAA Journal of Automatica Sinica 6(6). arXiv:1810.07758",
    "Dempster et al. 2021": "A. Dempster, D. F. Schmidt and G. I. Webb: MiniRocket: a very fast (almost) deterministic transform "
    "for time series classification. KDD. arXiv:2012.08791",
    "Dempster et al. 2023": "A. Dempster, D. F. Schmidt and G. I. Webb: Hydra: competing convolutional kernels for fast and accurate time "
    "series classification. Data Mining and Knowledge Discovery 37. arXiv:2203.13652",
    "Dempster et al. 2024": "A. Dempster, D. F. Schmidt and G. I. Webb: Quant: a minimalist interval method for time series "
    "classification. Data Mining and Knowledge Discovery 38. arXiv:2308.00928",
    "Duan 1983": "N. Duan: Smearing estimate: a nonparametric retransformation method. Journal of the American Statistical Association "
    "78(383). doi:10.1080/01621459.1983.10478017",
    "Elkan 2001": "C. Elkan: The foundations of cost-sensitive learning. IJCAI.",
    "Erickson et al. 2020": "N. Erickson and others: AutoGluon-Tabular: robust and accurate AutoML for structured data. arXiv:2003.06505",
    "Erickson et al. 2025": "N. Erickson and others: TabArena: a living benchmark for machine learning on tabular data. arXiv:2506.16791",
    "Fawcett 2006": "T. Fawcett: An introduction to ROC analysis. Pattern Recognition Letters 27(8). doi:10.1016/j.patrec.2005.10.010",
    "Friedman 2001": "J. H. Friedman: Greedy function approximation: a gradient boosting machine. Annals of Statistics 29(5). "
    "doi:10.1214/aos/1013203451",
    "Friedman, Hastie and Tibshirani 2010": "J. Friedman, T. Hastie and R. Tibshirani: Regularization paths for generalized linear models "
    "via coordinate descent. Journal of Statistical Software 33(1). doi:10.18637/jss.v033.i01",
    "Genest and Zidek 1986": "C. Genest and J. V. Zidek: Combining probability distributions: a critique and an annotated bibliography. "
    "Statistical Science 1(1). doi:10.1214/ss/1177013825",
    "Geurts, Ernst and Wehenkel 2006": "P. Geurts, D. Ernst and L. Wehenkel: Extremely randomized trees. Machine Learning 63(1). "
    "doi:10.1007/s10994-006-6226-1",
    "Gneiting 2011": "T. Gneiting: Making and evaluating point forecasts. Journal of the American Statistical Association 106(494). "
    "doi:10.1198/jasa.2011.r10138",
    "Gneiting and Raftery 2007": "T. Gneiting and A. E. Raftery: Strictly proper scoring rules, prediction, and estimation. "
    "Journal of the American Statistical Association 102(477). doi:10.1198/016214506000001437",
    "Guo et al. 2017": "C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger: On calibration of modern neural networks. ICML. arXiv:1706.04599",
    "Guyon and Elisseeff 2003": "I. Guyon and A. Elisseeff: An introduction to variable and feature selection. JMLR 3.",
    "Holzmüller et al. 2024": "D. Holzmüller, L. Grinsztajn and I. Steinwart: Better by default: strong pre-tuned MLPs and boosted trees "
    "on tabular data. NeurIPS. arXiv:2407.04491",
    "Huber 1964": "P. J. Huber: Robust estimation of a location parameter. Annals of Mathematical Statistics 35(1). "
    "doi:10.1214/aoms/1177703732",
    "Hyndman and Athanasopoulos 2021": "R. J. Hyndman and G. Athanasopoulos: Forecasting: principles and practice, third edition. OTexts.",
    "Hyndman and Koehler 2006": "R. J. Hyndman and A. B. Koehler: Another look at measures of forecast accuracy. International Journal of "
    "Forecasting 22(4). doi:10.1016/j.ijforecast.2006.03.001",
    "Ismail Fawaz et al. 2020": "H. Ismail Fawaz and others: InceptionTime: finding AlexNet for time series classification. Data Mining "
    "and Knowledge Discovery 34. arXiv:1909.04939",
    "Japkowicz and Shah 2011": "N. Japkowicz and M. Shah: Evaluating learning algorithms: a classification perspective. Cambridge.",
    "Jordan 2024": "K. Jordan: 94% on CIFAR-10 in 3.29 seconds on a single GPU. arXiv:2404.00498",
    "Joulin et al. 2017": "A. Joulin, E. Grave, P. Bojanowski and T. Mikolov: Bag of tricks for efficient text classification. EACL. "
    "arXiv:1607.01759",
    "Kaufman et al. 2012": "S. Kaufman, S. Rosset, C. Perlich and O. Stitelman: Leakage in data mining: formulation, detection, and "
    "avoidance. ACM TKDD 6(4). doi:10.1145/2382577.2382579",
    "Ke et al. 2017": "G. Ke and others: LightGBM: a highly efficient gradient boosting decision tree. NeurIPS.",
    "King and Zeng 2001": "G. King and L. Zeng: Logistic regression in rare events data. Political Analysis 9(2). "
    "doi:10.1093/oxfordjournals.pan.a004868",
    "Kohavi 1995": "R. Kohavi: A study of cross-validation and bootstrap for accuracy estimation and model selection. IJCAI.",
    "Koyejo et al. 2014": "O. O. Koyejo, N. Natarajan, P. K. Ravikumar and I. S. Dhillon: Consistent binary classification with "
    "generalized performance metrics. NeurIPS.",
    "Krichevsky and Trofimov 1981": "R. E. Krichevsky and V. K. Trofimov: The performance of universal encoding. "
    "IEEE Transactions on Information Theory 27(2). doi:10.1109/TIT.1981.1056331",
    "Kuhn and Johnson 2013": "M. Kuhn and K. Johnson: Applied predictive modeling. Springer. doi:10.1007/978-1-4614-6849-3",
    "Kuhn and Johnson 2019": "M. Kuhn and K. Johnson: Feature engineering and selection: a practical approach for predictive models. CRC.",
    "Lin et al. 2017": "T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár: Focal loss for dense object detection. ICCV. "
    "arXiv:1708.02002",
    "Lipton et al. 2014": "Z. C. Lipton, C. Elkan and B. Naryanaswamy: Optimal thresholding of classifiers to maximize F1 measure. "
    "ECML PKDD. arXiv:1402.1892",
    "Loshchilov and Hutter 2019": "I. Loshchilov and F. Hutter: Decoupled weight decay regularization. ICLR. arXiv:1711.05101",
    "Makridakis et al. 2020": "S. Makridakis, E. Spiliotis and V. Assimakopoulos: The M4 competition: 100,000 time series and 61 "
    "forecasting methods. International Journal of Forecasting 36(1). doi:10.1016/j.ijforecast.2019.04.014",
    "McCullagh and Nelder 1989": "P. McCullagh and J. A. Nelder: Generalized linear models, second edition. Chapman and Hall.",
    "McDermott et al. 2024": "M. B. A. McDermott, H. Zhang, L. H. Hansen, G. Angelotti and J. Gallifant: A closer look at AUROC and AUPRC "
    "under class imbalance. NeurIPS. arXiv:2401.06091",
    "Micci-Barreca 2001": "D. Micci-Barreca: A preprocessing scheme for high-cardinality categorical attributes in classification and "
    "prediction problems. SIGKDD Explorations 3(1). doi:10.1145/507533.507538",
    "Moritz and Bartz-Beielstein 2017": "S. Moritz and T. Bartz-Beielstein: imputeTS: time series missing value imputation in R. "
    "The R Journal 9(1). doi:10.32614/RJ-2017-009",
    "Kornblith et al. 2019": "S. Kornblith, J. Shlens and Q. V. Le: Do better ImageNet models transfer better? CVPR. arXiv:1805.08974",
    "Müller et al. 2019": "R. Müller, S. Kornblith and G. E. Hinton: When does label smoothing help? NeurIPS. arXiv:1906.02629",
    "Oshiro et al. 2012": "T. M. Oshiro, P. S. Perez and J. A. Baranauskas: How many trees in a random forest? MLDM. "
    "doi:10.1007/978-3-642-31537-4_13",
    "Perez-Lebel et al. 2022": "A. Perez-Lebel, G. Varoquaux, M. Le Morvan, J. Josse and J.-B. Poline: Benchmarking missing-values "
    "approaches for predictive models on health databases. GigaScience 11. doi:10.1093/gigascience/giac013",
    "Petropoulos and Svetunkov 2020": "F. Petropoulos and I. Svetunkov: A simple combination of univariate models. International "
    "Journal of Forecasting 36(1). doi:10.1016/j.ijforecast.2019.01.006",
    "Platt 1999": "J. Platt: Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods. "
    "Advances in Large Margin Classifiers, MIT Press",
    "Prechelt 1998": "L. Prechelt: Early stopping, but when? In: Neural Networks: Tricks of the Trade, Springer. "
    "doi:10.1007/3-540-49430-8_3",
    "Rasmussen and Williams 2006": "C. E. Rasmussen and C. K. I. Williams: Gaussian processes for machine learning. MIT Press.",
    "Roberts et al. 2017": "D. R. Roberts and others: Cross-validation strategies for data with temporal, spatial, hierarchical, or "
    "phylogenetic structure. Ecography 40(8). doi:10.1111/ecog.02881",
    "Sabottke and Spieler 2020": "C. F. Sabottke and B. M. Spieler: The effect of image resolution on deep learning in radiography. "
    "Radiology: Artificial Intelligence 2(1). doi:10.1148/ryai.2019190015",
    "Saito and Rehmsmeier 2015": "T. Saito and M. Rehmsmeier: The precision-recall plot is more informative than the ROC plot when "
    "evaluating binary classifiers on imbalanced datasets. PLoS ONE 10(3). doi:10.1371/journal.pone.0118432",
    "Salinas and Erickson 2024": "D. Salinas and N. Erickson: TabRepo: a large scale repository of tabular model evaluations and its "
    "AutoML applications. AutoML Conference. arXiv:2311.02971",
    "Shchur et al. 2023": "O. Shchur and others: AutoGluon-TimeSeries: AutoML for probabilistic time series forecasting. AutoML "
    "Conference. arXiv:2308.05566",
    "Shchur et al. 2025": "O. Shchur and others: fev-bench: a realistic benchmark for time series forecasting. arXiv:2509.26468",
    "Shi et al. 2019": "Y. Shi, J. Li and Z. Li: Gradient boosting with piece-wise linear regression trees. IJCAI. arXiv:1802.05640",
    "Srinivas et al. 2010": "N. Srinivas, A. Krause, S. Kakade and M. Seeger: Gaussian process optimization in the bandit setting. ICML.",
    "Smith and Topin 2018": "L. N. Smith and N. Topin: Super-convergence: very fast training of neural networks using large learning "
    "rates. arXiv:1708.07120",
    "Stankeviciute et al. 2021": "K. Stankevičiūtė, A. M. Alaa and M. van der Schaar: Conformal time-series forecasting. NeurIPS.",
    "Sweeney 2002": "L. Sweeney: k-anonymity: a model for protecting privacy. International Journal of Uncertainty, Fuzziness and "
    "Knowledge-Based Systems 10(5). doi:10.1142/S0218488502001648",
    "Tashman 2000": "L. J. Tashman: Out-of-sample tests of forecasting accuracy: an analysis and review. International Journal of "
    "Forecasting 16(4). doi:10.1016/S0169-2070(00)00065-0",
    "Tofallis 2015": "C. Tofallis: A better measure of relative prediction accuracy for model selection and model estimation. "
    "Journal of the Operational Research Society 66(8). doi:10.1057/jors.2014.103",
    "Tschalzev et al. 2026": "A. Tschalzev and others: TabPrep: closing the feature engineering gap in tabular benchmarks. "
    "arXiv:2606.02384",
    "Varma and Simon 2006": "S. Varma and R. Simon: Bias in error estimation when using cross-validation for model selection. "
    "BMC Bioinformatics 7:91. doi:10.1186/1471-2105-7-91",
    "Viering and Loog 2022": "T. Viering and M. Loog: The shape of learning curves: a review. IEEE TPAMI 45(6). arXiv:2103.10948",
    "Wang and Manning 2012": "S. Wang and C. D. Manning: Baselines and bigrams: simple, good sentiment and topic classification. ACL.",
    "Yosinski et al. 2014": "J. Yosinski, J. Clune, Y. Bengio and H. Lipson: How transferable are features in deep neural networks? NIPS. "
    "arXiv:1411.1792",
    "Zhang et al. 2015": "X. Zhang, J. Zhao and Y. LeCun: Character-level convolutional networks for text classification. NeurIPS. "
    "arXiv:1509.01626",
}


def work(ref: str) -> str | None:
    """Return the key of the work that a reference of a rule begins with; None for one that names no dated work, such as a measurement.

    Raises
    ------
    KeyError
        For a dated work that is not listed.
    """
    if ref.startswith("measured") or not DATED.search(ref):
        return None
    return next((key for key in WORKS if ref.startswith(key)), None) or _unknown(ref)


def _unknown(ref: str) -> str:
    raise KeyError(f"write out the work {ref!r} in rules/_works.py")
